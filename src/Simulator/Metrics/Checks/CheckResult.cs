namespace SimServe.Simulator.Metrics.Checks;

/// <summary>What came of a check.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Violations">How often it failed; 0 when it passed.</param>
/// <param name="Words">What was found the first time, or what was compared.</param>
public sealed record CheckResult(CheckKind Kind, long Violations, string Words)
{
    /// <summary>Whether it passed.</summary>
    public bool Passed => Violations == 0;

    /// <summary>Its name for people.</summary>
    public string Name => Kind switch
    {
        CheckKind.Conservation => "conservation of requests",
        CheckKind.MonotoneTime => "monotone time",
        CheckKind.LittleSystem => "Little's law for the system",
        CheckKind.LittleWorkers => "Little's law for every worker",
        CheckKind.Utilisation => "utilisation law",
        CheckKind.WorkConservation => "work conservation",
        _ => throw new InvalidOperationException($"Unknown check {Kind}."),
    };
}
