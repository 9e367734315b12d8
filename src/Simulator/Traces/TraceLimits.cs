namespace SimServe.Simulator.Traces;

/// <summary>How much of a bad trace is read and reported.</summary>
public sealed record TraceLimits
{
    /// <summary>The longest line in bytes; longer ones are faults, and are skipped without being held in memory.</summary>
    /// <value>At least 1, default 65,536.</value>
    public int MaxLineBytes { get; init; } = 65_536;

    /// <summary>Reading stops after so many faults.</summary>
    /// <value>At least 1, default 20.</value>
    public int MaxFaults { get; init; } = 20;
}
