using SimServe.Simulator.Reports;

namespace SimServe.Cli.Reproductions;

/// <summary>Where and how an experiment is run.</summary>
internal sealed record ExperimentContext
{
    /// <summary>The experiment's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Where its results go.</summary>
    public required RunFolder Output { get; init; }

    /// <summary>Runs with different seeds behind every simulated number, at least 1.</summary>
    public required int Replications { get; init; }

    /// <summary>Runs at a time.</summary>
    public required int Threads { get; init; }

    /// <summary>Whether what real devices of this machine can measure is measured.</summary>
    public required bool Measures { get; init; }

    /// <summary>Tells how far it is.</summary>
    public required Action<string> Say { get; init; }

    public required CancellationToken Cancellation { get; init; }
}
