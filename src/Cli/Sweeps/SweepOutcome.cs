using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Sweeps;

/// <summary>A finished sweep with what follows from it.</summary>
/// <param name="Plan">What was asked.</param>
/// <param name="Result">What the runs found.</param>
/// <param name="Summaries">Every metric by point, aggregated from <c>sweep.parquet</c>.</param>
internal sealed record SweepOutcome(SweepPlan Plan, SweepResult Result, IReadOnlyList<IReadOnlyList<MetricSummary>> Summaries)
{
    public IReadOnlyList<SweepCondition> Conditions { get; } = SweepConclusion.Conditions(Result);

    public IReadOnlyList<int> Frontier { get; } = SweepFrontier.Of(Result.File, Summaries);

    public SweepFile File => Result.File;

    // Terms of the cost model that were asked outside the range of their samples.
    public IReadOnlyList<string> Extrapolated { get; } =
        [.. Result.Samples.SelectMany(static point => point).SelectMany(static sample => sample.Extrapolated).Distinct().Order(StringComparer.Ordinal)];

    public MetricSummary Of(int point, SweepMetric metric) => Summaries[point][metric.Index];

    public bool? Meets(int point) => Of(point, File.Goal.Metric).Meets(File.Goal);

    // Whether nothing was asked, or some point has it for certain.
    public bool IsGoalMet => File.Goal.Objective is null || Result.Points.Any(point => Meets(point.Index) == true);

    public IReadOnlyList<string> Sentences()
    {
        var says = new List<string>(File.Compared.Values.Count > 1 ? SweepConclusion.Sentences(Result, Conditions) : []);
        if (File.Goal is { Objective: { } objective, Metric: var metric })
        {
            var (met, unclear) = (Result.Points.Count(point => Meets(point.Index) == true), Result.Points.Count(point => Meets(point.Index) is null));
            says.Add($"{met} of {Result.Points.Count} points have a {metric.Name} of at {(metric.HigherIsBetter ? "least" : "most")} {objective} {metric.Unit}"
                + (unclear > 0 ? $"; of {unclear} it cannot be told with these replications." : "."));
        }

        return says;
    }

    public IReadOnlyList<string> Warnings()
    {
        var failed = Result.Samples.Sum(static point => point.Sum(static sample => sample.Metrics[SweepMetric.Find("failed").Index] ?? 0));
        var says = new List<string>();
        if (failed > 0)
        {
            says.Add($"{failed} requests failed (column failed): latencies are those of completed requests only");
        }

        if (Extrapolated.Count > 0)
        {
            says.Add($"the cost model was asked outside the range of its samples for: {string.Join(", ", Extrapolated)}");
        }

        return says;
    }
}
