namespace SimServe.Simulator.Statistics;

/// <summary>What a comparison of two variants found.</summary>
public enum Verdict
{
    /// <summary>The interval holds zero and values that would matter: more replications are needed.</summary>
    CannotTellYet,

    /// <summary>The first variant's mean is lower.</summary>
    FirstIsLower,

    /// <summary>The second variant's mean is lower.</summary>
    SecondIsLower,

    /// <summary>The whole interval is nearer to zero than the stated indifference.</summary>
    NoDifference,
}
