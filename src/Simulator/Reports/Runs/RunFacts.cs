namespace SimServe.Simulator.Reports.Runs;

/// <summary>What the reader of a run's files must know besides its numbers. The machine and the time of day are not among it: the same run has the same bytes.</summary>
public sealed record RunFacts
{
    /// <summary>Name of the scenario.</summary>
    public required string Scenario { get; init; }

    /// <summary>Seed of the run, or of the first replication.</summary>
    public required long Seed { get; init; }

    /// <summary>Events that the simulator handled.</summary>
    public required long Events { get; init; }

    /// <summary>Version of the tool, e.g. <c>simserve 1.0.0</c>.</summary>
    public required string Tool { get; init; }

    /// <summary>Where the costs come from, e.g. <c>measured on H800</c> or <c>analytic</c>.</summary>
    public required string CostProvenance { get; init; }

    /// <summary>The policies in words.</summary>
    /// <value>Empty.</value>
    public string Policies { get; init; } = "";
}
