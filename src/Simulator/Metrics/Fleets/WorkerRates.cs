namespace SimServe.Simulator.Metrics.Fleets;

/// <summary>What a worker costs while it is on.</summary>
/// <param name="DollarsPerHour">Price, from the moment its machine is there until it is off or failed; at least 0.</param>
/// <param name="BusyWatts">Power while it denoises; at least 0.</param>
/// <param name="IdleWatts">Power otherwise while it is on; at least 0.</param>
public readonly record struct WorkerRates(double DollarsPerHour, double BusyWatts, double IdleWatts);
