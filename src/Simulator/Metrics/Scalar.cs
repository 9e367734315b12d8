namespace SimServe.Simulator.Metrics;

/// <summary>One number of a run.</summary>
/// <param name="Name">Its name in files, e.g. <c>e2e_latency_p99</c>.</param>
/// <param name="Unit">Its unit, e.g. <c>s</c>; 1 for shares and counts.</param>
/// <param name="Value">Its value; null when it is not defined for the run.</param>
public readonly record struct Scalar(string Name, string Unit, double? Value);
