namespace SimServe.Simulator.Statistics;

/// <summary>A planned look at the samples.</summary>
/// <param name="Replications">Samples of each variant at that time, at least 2.</param>
/// <param name="Error">Probability that this look's interval may miss the true mean difference, above 0 and below 1.</param>
public readonly record struct Look(int Replications, double Error);
