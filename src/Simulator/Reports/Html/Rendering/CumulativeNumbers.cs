using MathNet.Numerics.Statistics;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>Percentiles of samples, interpolated as those of <see cref="Metrics.Distribution"/> are, and shares within thresholds.</summary>
internal static class CumulativeNumbers
{
    private static readonly (string Name, double Share)[] Percentiles = [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999)];

    public static HtmlTable Of(CumulativeChart chart, IReadOnlyList<(string Name, double[] Sorted)> samples) => new()
    {
        Title = $"Percentiles: {chart.Axis.Heading}",
        Columns = ["line", "samples", "mean", .. Percentiles.Select(static one => one.Name), "greatest", .. chart.Thresholds.Select(static one => $"within {one.Label}")],
        Rows = [.. samples.Select(one => Row(chart, one.Name, one.Sorted))],
    };

    private static IReadOnlyList<HtmlCell> Row(CumulativeChart chart, string name, double[] sorted)
    {
        HtmlCell Cell(double value) => sorted.Length == 0 ? NumberText.None : AxisCell.Of(chart.Axis, value);
        return
        [
            name, HtmlCell.Of(sorted.Length, NumberText.Count(sorted.Length)),
            Cell(ArrayStatistics.Mean(sorted)),
            .. Percentiles.Select(one => Cell(SortedArrayStatistics.QuantileCustom(sorted, one.Share, QuantileDefinition.R7))),
            Cell(sorted.LastOrDefault()),
            .. chart.Thresholds.Select(one => sorted.Length == 0 ? NumberText.None : HtmlCell.Percent(ShareWithin(sorted, one.Value))),
        ];
    }

    private static double ShareWithin(double[] sorted, double bound) => sorted.Count(value => value <= bound) / (double)sorted.Length;
}
