namespace SimServe.Simulator.Planning;

/// <summary>What the replications say of a fleet.</summary>
public enum FleetVerdict
{
    /// <summary>The whole interval of its attainment is at or above the objective.</summary>
    Meets,

    /// <summary>The whole interval is below.</summary>
    Misses,

    /// <summary>The replications are spent and the objective lies in the interval. Counts as missing it.</summary>
    CannotTell,
}
