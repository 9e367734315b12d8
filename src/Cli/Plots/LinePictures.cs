using ScottPlot;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Cli.Plots;

/// <summary>Lines, and cumulative shares, over one x axis.</summary>
internal static class LinePictures
{
    private const int StackedHeight = 400;

    private static readonly ChartAxis Share = new("share at or below", null, ChartScale.Share);

    public static PlotPicture Of(LineChart chart, string title) => PlotStyle.Picture(Drawn(chart, title), HasLegend(chart));

    /// <summary>Charts above each other, each under its own title.</summary>
    public static PlotPicture Stacked(IReadOnlyList<LineChart> charts)
    {
        var picture = new PlotPicture(PlotStyle.Width, charts.Count * StackedHeight);
        foreach (var (number, chart) in charts.Index())
        {
            var plot = Drawn(chart, chart.Title);
            plot.ShowLegend(Edge.Right).Alignment = Alignment.UpperCenter;
            picture.Add(plot, number * StackedHeight, StackedHeight);
        }

        return picture;
    }

    private static bool HasLegend(LineChart chart) => chart.Series.Count + chart.XThresholds.Count + chart.YThresholds.Count > 1;

    private static Plot Drawn(LineChart chart, string title)
    {
        var plot = PlotStyle.Create(title);
        var isWhole = chart.XAxis.Scale == ChartScale.Linear && chart.Series.All(static series => series.Points.All(static point => double.IsInteger(point.X)));
        var (x, y) = (new PlotScale(chart.XAxis, isWhole), new PlotScale(chart.YAxis));
        var lines = new PlotLines(plot, x, y);
        lines.Add(chart.Series);
        lines.AddVertical(chart.XThresholds);
        lines.AddHorizontal(chart.YThresholds);
        plot.Axes.AutoScale();
        if (chart.YAxis.Scale == ChartScale.Share)
        {
            plot.Axes.SetLimitsY(0, 1.02);
        }

        x.UseAsX(plot);
        y.UseAsY(plot);
        return plot;
    }

    public static PlotPicture Of(CumulativeChart chart, string title) => Of(
        new LineChart
        {
            Title = chart.Title,
            XAxis = chart.Axis,
            YAxis = Share,
            Series = [.. chart.Samples.Select(static samples => new ChartSeries { Name = samples.Name, IsStep = true, Points = Shares(samples) })],
            XThresholds = chart.Thresholds,
        },
        title);

    private static ChartPoint[] Shares(ChartSamples samples)
    {
        double[] values = [.. samples.Values.Where(double.IsFinite).Order()];
        return [.. values.Select((value, rank) => new ChartPoint(value, (rank + 1.0) / values.Length))];
    }
}
