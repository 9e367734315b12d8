namespace SimServe.Simulator.Workloads;

/// <summary>A state of <see cref="MarkovModulatedArrivals"/>.</summary>
/// <param name="RequestsPerSecond">Rate while it lasts, in requests/s, finite and at least 0.</param>
/// <param name="MeanSojourn">How long it lasts on average, greater than zero.</param>
public readonly record struct ModulatingState(double RequestsPerSecond, TimeSpan MeanSojourn);
