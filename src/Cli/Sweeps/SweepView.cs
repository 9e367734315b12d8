using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Sweeps;

/// <summary>What of a sweep a report shows: which metrics, over which key, under which names.</summary>
internal sealed class SweepView
{
    private const int MostMetrics = 4;

    // What people ask after, in this order, besides the metric that points are ranked by.
    private static readonly string[] Wanted = ["slo-attainment", "p95-latency", "dollars-per-1k-images", "throughput", "worker-seconds-per-image", "p50-latency"];

    public SweepView(SweepOutcome outcome)
    {
        Outcome = outcome;
        var goal = outcome.File.Goal.Metric;
        Metrics = [goal, .. Wanted.Where(name => name != goal.Name).Select(SweepMetric.Find).Where(Varies).Take(MostMetrics - 1)];
        Over = outcome.File.Axes.Where(static axis => axis.IsNumeric && axis.Values.Count > 1)
            .OrderBy(axis => axis == outcome.File.Compared).ThenByDescending(static axis => axis.Values.Count).FirstOrDefault();
    }

    public SweepOutcome Outcome { get; }

    // The metric that points are ranked by, and those that tell points apart.
    public IReadOnlyList<SweepMetric> Metrics { get; }

    // The key with numbers that lines run over; null where only names were varied.
    public SweepAxis? Over { get; }

    // Prices against service where both are known, otherwise what the sweep asks for.
    public IEnumerable<(SweepMetric Cost, SweepMetric Value)> Frontiers()
    {
        var (cost, value) = (DollarMetric(), SweepMetric.Find("slo-attainment"));
        var service = IsKnown(value) ? value : Outcome.File.Goal.Metric;
        if (cost is not null && service != cost && Outcome.File.Frontier != (cost, service))
        {
            yield return (cost, service);
        }

        yield return Outcome.File.Frontier;
    }

    public string NameOf(SweepPoint point) => string.Join(", ", point.Values.Select(Label));

    // A line stands for all values but the one that it runs over.
    public string LineOf(SweepPoint point) =>
        string.Join(", ", point.Values.Select(Label).Where((_, index) => Outcome.File.Axes[index] != Over)) is { Length: > 0 } name ? name : "all points";

    public string LabelOf(SweepPoint point, SweepAxis axis) => point.Values[IndexOf(axis)].Label;

    public double NumberOf(SweepPoint point, SweepAxis axis) => point.Values[IndexOf(axis)].Number!.Value;

    public IEnumerable<MetricSummary> All(SweepMetric metric) => Outcome.Result.Points.Select(point => Outcome.Of(point.Index, metric));

    private int IndexOf(SweepAxis axis) => Outcome.File.Axes.ToList().IndexOf(axis);

    // A number says nothing without its key; a name does.
    private string Label(SweepValue value, int axis) => value.Number is null && value.Label is not ("true" or "false") ? value.Label : $"{Outcome.File.Axes[axis].Column} {value.Label}";

    private SweepMetric? DollarMetric()
    {
        var (fleet, image) = (SweepMetric.Find("dollars-per-hour"), SweepMetric.Find("dollars-per-1k-images"));
        return Varies(fleet) ? fleet : IsKnown(image) ? image : null;
    }

    private bool IsKnown(SweepMetric metric) => All(metric).Any(static summary => summary.Mean is not null);

    private bool Varies(SweepMetric metric) => All(metric).Where(static summary => summary.Mean is not null).Select(static summary => summary.Mean).Distinct().Count() > 1;
}
