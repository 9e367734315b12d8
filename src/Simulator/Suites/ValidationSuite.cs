namespace SimServe.Simulator.Suites;

/// <summary>Scenarios in which predictions are held against real devices.</summary>
public sealed record ValidationSuite
{
    /// <summary>Name for reports and the folder of the results.</summary>
    public required string Name { get; init; }

    /// <summary>Path of the scenario that all cases start from.</summary>
    public required string Scenario { get; init; }

    /// <summary>Times that every case is run on real devices, each with a seed and with requests of its own.</summary>
    public required int Repetitions { get; init; }

    /// <summary>Seconds that the device's present pace is measured before and after each of them.</summary>
    public required double PaceSeconds { get; init; }

    /// <summary>How far predictions may be off.</summary>
    public required SuiteBounds Bounds { get; init; }

    /// <summary>The cases, at least one.</summary>
    public required IReadOnlyList<SuiteCase> Cases { get; init; }
}
