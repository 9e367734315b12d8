using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>Empirical cumulative distributions as steps in one panel.</summary>
internal static class CumulativeFigure
{
    private static readonly ChartAxis Share = new("share at or below", null, ChartScale.Share);

    public static PanelFigure Of(CumulativeChart chart, int most)
    {
        var colors = new NameNumbers();
        var sorted = chart.Samples.Select(static samples => (samples.Name, Values: Sorted(samples.Values))).ToArray();
        var left = chart.Samples.Sum(static samples => samples.Values.Count) - sorted.Sum(static samples => samples.Values.Length);
        return new PanelFigure("cumulative", chart.Axis, [new Panel(Share, [.. sorted.Select(samples => Curve(samples.Name, samples.Values, colors.Of(samples.Name), most))])])
        {
            XThresholds = chart.Thresholds,
            Numbers = CumulativeNumbers.Of(chart, sorted),
            NumbersAreOpen = true,
            ExtraRemarks = left == 0 ? [] : [$"{NumberText.Count(left)} samples are not finite and left out."],
        };
    }

    private static double[] Sorted(IReadOnlyList<double> values) => [.. values.Where(double.IsFinite).Order()];

    // The value of a rank and the share of samples up to it.
    private static PanelSeries Curve(string name, double[] sorted, int color, int most)
    {
        var ranks = CumulativeRanks.Keep(sorted.Length, most);
        return new PanelSeries(name, color, [.. ranks.Select(rank => sorted[rank])], [.. ranks.Select(rank => (rank + 1.0) / sorted.Length)])
        {
            IsStep = true,
            Original = sorted.Length,
        };
    }
}
