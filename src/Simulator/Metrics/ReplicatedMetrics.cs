using SimServe.Simulator.Metrics.Checks;

namespace SimServe.Simulator.Metrics;

/// <summary>Means of every number over independent replications, with their intervals.</summary>
/// <remarks>Replications differ in nothing but their seed, so their numbers are independent and Student's t applies.</remarks>
public sealed record ReplicatedMetrics
{
    /// <summary>Number of replications.</summary>
    public required int Replications { get; init; }

    /// <summary>The numbers in the order of <see cref="ScalarList"/>.</summary>
    public required IReadOnlyList<ReplicatedScalar> Scalars { get; init; }

    /// <summary>Checks of all replications: one that failed in any has failed.</summary>
    public required RunVerdict Verdict { get; init; }

    /// <summary>Combines replications.</summary>
    /// <param name="runs">At least one.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ReplicatedMetrics Of(IReadOnlyList<RunSummary> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count == 0)
        {
            throw new ArgumentException("There must be at least one replication.", nameof(runs));
        }

        var lists = runs.Select(ScalarList.Of).ToArray();
        return new ReplicatedMetrics
        {
            Replications = runs.Count,
            Scalars = [.. Enumerable.Range(0, lists[0].Count).Select(i => Combine([.. lists.Select(list => list[i])]))],
            Verdict = new RunVerdict([.. Enumerable.Range(0, runs[0].Verdict.Checks.Count).Select(i => Combine([.. runs.Select(run => run.Verdict.Checks[i])]))]),
        };
    }

    /// <summary>A number by its name.</summary>
    /// <param name="name">E.g. <c>e2e_latency_p99</c>.</param>
    /// <exception cref="KeyNotFoundException">There is no such number.</exception>
    public ReplicatedScalar this[string name] =>
        Scalars.FirstOrDefault(scalar => scalar.Name == name) ?? throw new KeyNotFoundException($"There is no number \"{name}\".");

    private static ReplicatedScalar Combine(Scalar[] scalars)
    {
        double[] known = [.. scalars.Where(static scalar => scalar.Value is not null).Select(static scalar => scalar.Value!.Value)];
        var numbers = Distribution.Of(known);
        return new ReplicatedScalar(
            scalars[0].Name, scalars[0].Unit, known.Length, known.Length > 0 ? numbers.Mean : null, numbers.MeanHalfWidth95);
    }

    private static CheckResult Combine(CheckResult[] checks) =>
        (checks.FirstOrDefault(static check => !check.Passed) ?? checks[0]) with { Violations = checks.Sum(static check => check.Violations) };
}

/// <summary>A number over replications.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Count">Replications for which it is defined.</param>
/// <param name="Mean">Its mean over those; null when there are none.</param>
/// <param name="HalfWidth95">Half the width of the mean's 95 % interval; null for fewer than two.</param>
public sealed record ReplicatedScalar(string Name, string Unit, int Count, double? Mean, double? HalfWidth95);
