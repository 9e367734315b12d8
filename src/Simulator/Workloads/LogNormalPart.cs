namespace SimServe.Simulator.Workloads;

/// <summary>One lognormal distribution of a mixture.</summary>
/// <param name="Weight">Its share, greater than 0; the shares of a mixture add up to 1.</param>
/// <param name="Mu">Mean of the logarithm.</param>
/// <param name="Sigma">Standard deviation of the logarithm, greater than 0.</param>
public readonly record struct LogNormalPart(double Weight, double Mu, double Sigma);
