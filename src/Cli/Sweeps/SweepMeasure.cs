using System.Globalization;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reports.Html;
using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Sweeps;

/// <summary>Metrics of a sweep as a report shows them.</summary>
internal static class SweepMeasure
{
    // Below and above these an axis in equal ratios shows more than one in equal differences.
    private const double WideRatio = 20;

    public static bool IsShare(this SweepMetric metric) => metric.Name == "slo-attainment";

    public static string Heading(this SweepMetric metric) => metric.IsShare() ? metric.Name : $"{metric.Name}, {metric.Unit}";

    public static ChartAxis Axis(this SweepMetric metric, IEnumerable<MetricSummary> shown)
    {
        if (metric.IsShare())
        {
            return new ChartAxis(metric.Name, null, ChartScale.Share);
        }

        double[] means = [.. shown.Where(static one => one.Mean is not null).Select(static one => one.Mean!.Value)];
        var isWide = means.Length > 0 && means.Min() > 0 && means.Max() / means.Min() > WideRatio;
        return new ChartAxis(metric.Name, metric.Unit, isWide ? ChartScale.Logarithmic : ChartScale.Linear);
    }

    public static ChartPoint Point(this SweepMetric metric, double x, MetricSummary summary)
    {
        var (low, high) = metric.Interval(summary);
        return new ChartPoint(x, summary.Mean ?? double.NaN, low, high);
    }

    // Student's interval knows no bounds; none of these metrics is below 0, and no share above 1.
    public static (double Low, double High) Interval(this SweepMetric metric, MetricSummary summary) => summary is { Mean: { } mean, HalfWidth95: { } half }
        ? (Math.Max(0, mean - half), metric.IsShare() ? Math.Min(1, mean + half) : mean + half)
        : (double.NaN, double.NaN);

    public static HtmlCell Cell(this SweepMetric metric, MetricSummary summary) => summary switch
    {
        { Mean: null } => HtmlCell.Of(double.NaN),
        { HalfWidth95: null } => metric.IsShare() ? HtmlCell.Percent(summary.Mean.Value) : HtmlCell.Of(summary.Mean.Value),
        _ => HtmlCell.Of(summary.Mean.Value, metric.IsShare()
            ? Say($"{summary.Mean * 100:0.00} ± {summary.HalfWidth95 * 100:0.00} %")
            : Say($"{summary.Mean:G4} ± {summary.HalfWidth95:G2}")),
    };

    public static ChartThreshold[] Objective(this SweepMetric metric, SweepGoal goal) => goal.Objective is { } objective && metric == goal.Metric
        ? [new ChartThreshold(objective, metric.IsShare() ? Say($"objective {objective * 100:0.##} %") : Say($"objective {objective} {metric.Unit}"))]
        : [];

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
