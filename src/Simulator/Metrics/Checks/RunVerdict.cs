namespace SimServe.Simulator.Metrics.Checks;

/// <summary>Whether anything may be concluded from a run.</summary>
/// <param name="Checks">Every check.</param>
public sealed record RunVerdict(IReadOnlyList<CheckResult> Checks)
{
    /// <summary>Whether every check passed.</summary>
    public bool IsSound => Checks.All(static check => check.Passed);

    /// <summary>The checks that failed, in words; empty when none did.</summary>
    public IReadOnlyList<string> Failures =>
        [.. Checks.Where(static check => !check.Passed).Select(static check => $"{check.Name} fails ({check.Violations} times): {check.Words}")];

    /// <summary>A conclusion, or why none may be drawn.</summary>
    /// <param name="conclusion">What the run would show if it were sound.</param>
    public string Conclude(string conclusion) =>
        IsSound ? conclusion : $"No conclusion: {string.Join("; ", Failures)}. The simulator or its events are wrong; do not use this run.";
}
