namespace SimServe.Simulator.Traces.Katz;

/// <summary>A point of a popularity curve.</summary>
/// <param name="Most">So many adapters, the most popular.</param>
/// <param name="Percent">Their share of uses in per cent, from 0 to 100.</param>
public readonly record struct KatzShare(double Most, double Percent);
