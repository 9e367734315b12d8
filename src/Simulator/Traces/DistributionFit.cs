namespace SimServe.Simulator.Traces;

/// <summary>A distribution fitted to a part of a trace.</summary>
/// <param name="Distribution">What a scenario says to draw from it, or its name and parameters where scenarios have no word for it.</param>
/// <param name="Distance">Kolmogorov-Smirnov distance from the trace, from 0 to 1.</param>
public sealed record DistributionFit(string Distribution, double Distance);
