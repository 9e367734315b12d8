namespace SimServe.Simulator.Workloads;

/// <summary>How the time that users think is spread around its mean.</summary>
public enum ThinkDistribution
{
    /// <summary>Exponential: a coefficient of variation of 1.</summary>
    Exponential,

    /// <summary>Always the mean.</summary>
    Constant,

    /// <summary>Lognormal, of a chosen coefficient of variation.</summary>
    LogNormal,
}
