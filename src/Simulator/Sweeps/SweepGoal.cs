namespace SimServe.Simulator.Sweeps;

/// <summary>What points are ranked by.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Objective">What its mean must reach, in the metric's unit: at most, or at least where higher is better; null where nothing is asked.</param>
public sealed record SweepGoal(SweepMetric Metric, double? Objective);
