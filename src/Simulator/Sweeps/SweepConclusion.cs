using SimServe.Simulator.Statistics;

namespace SimServe.Simulator.Sweeps;

/// <summary>Which value of the compared key is best where.</summary>
/// <remarks>
/// At every combination of the other keys' values the point with the best mean is compared with each of the others by paired differences:
/// all points meet the same random workloads. The error of 5 % is shared by all pairs of points of all conditions
/// (Bonferroni's inequality), as the best was picked after looking: with 95 % confidence no statement of the sweep is wrong.
/// </remarks>
public static class SweepConclusion
{
    /// <summary>Differences below this share of the best's mean do not matter; as in <c>compare</c>.</summary>
    public const double Indifference = 0.01;

    /// <summary>Probability that any statement of a sweep is wrong.</summary>
    public const double Error = 0.05;

    /// <summary>The conditions in the grid's order.</summary>
    /// <param name="result">The sweep.</param>
    public static IReadOnlyList<SweepCondition> Conditions(SweepResult result)
    {
        var compared = result.File.Axes.ToList().IndexOf(result.File.Compared);
        var groups = result.Points.GroupBy(point => LabelOf(result.File, point, compared), StringComparer.Ordinal).ToArray();
        var values = result.File.Compared.Values.Count;
        var pairs = Math.Max(1, groups.Length * values * (values - 1) / 2);
        return [.. groups.Select(group => Rank(result, group.Key, [.. group.Select(static point => point.Index)], Error / pairs))];
    }

    /// <summary>What the conditions say together, in plain sentences.</summary>
    /// <param name="result">The sweep.</param>
    /// <param name="conditions">Its conditions.</param>
    public static IReadOnlyList<string> Sentences(SweepResult result, IReadOnlyList<SweepCondition> conditions)
    {
        if (result.File.Replications == 1 && result.File.Compared.Values.Count > 1)
        {
            return ["One replication cannot tell a difference from luck: nothing is said of which is best."];
        }

        string[] others = [.. result.File.Axes.Where(axis => axis != result.File.Compared).Select(static axis => axis.Column)];
        return [.. conditions.GroupBy(condition => Says(result, condition), StringComparer.Ordinal).Select(group =>
        {
            var where = others.Length == 0 ? "" : group.Count() == conditions.Count ? $" at every {string.Join(" and ", others)}" : $" at {Where(others, [.. group])}";
            return $"{group.Key}{where} ({result.File.Goal.Metric.Name}).";
        })];
    }

    private static string Where(string[] others, SweepCondition[] conditions) => others.Length == 1
        ? $"{others[0]} {string.Join(", ", conditions.Select(condition => condition.Label[(others[0].Length + 1)..]))}"
        : string.Join("; ", conditions.Select(static condition => condition.Label));

    private static string Says(SweepResult result, SweepCondition condition)
    {
        var names = condition.Rivals.Select(point => NameOf(result, point)).Order(StringComparer.Ordinal).ToArray();
        return names.Length == 0 ? "No request completed" : names.Length == 1 ? $"{names[0]} is best" : $"{string.Join(", ", names)} cannot be told apart";
    }

    private static string NameOf(SweepResult result, int point)
    {
        var value = result.Points[point].Values[result.File.Axes.ToList().IndexOf(result.File.Compared)];
        return value.Number is null ? value.Label : $"{result.File.Compared.Column} {value.Label}";
    }

    private static string LabelOf(SweepFile file, SweepPoint point, int compared) => string.Join(
        ", ", file.Axes.Select((axis, index) => (axis, index)).Where(pair => pair.index != compared).Select(pair => $"{pair.axis.Column} {point.Values[pair.index].Label}"));

    private static SweepCondition Rank(SweepResult result, string label, int[] points, double error)
    {
        var metric = result.File.Goal.Metric;
        var values = points.ToDictionary(static point => point, point => result.ValuesOf(point, metric));
        int[] ranked = [.. points.OrderBy(point => values[point] is { } known ? (metric.HigherIsBetter ? -known.Average() : known.Average()) : double.PositiveInfinity)];
        var best = values[ranked[0]];
        PairedComparison?[] against = [.. ranked[1..].Select(other => best is { Length: > 1 } && values[other] is { } rival
            ? PairedComparison.Of(best, rival, error, Indifference)
            : null)];

        // A point without a value is beaten by any that has one.
        var better = metric.HigherIsBetter ? Verdict.SecondIsLower : Verdict.FirstIsLower;
        int[] rivals = best is null
            ? []
            : [ranked[0], .. ranked[1..].Where((other, index) => values[other] is not null && against[index]?.Verdict != better)];
        return new SweepCondition(label, ranked, against, rivals.Length == 1, rivals);
    }
}
