using SimServe.Simulator.Reports.Charts;

namespace SimServe.Cli.Plots;

/// <summary>Lines, and cumulative shares, over one x axis.</summary>
internal static class LinePictures
{
    private static readonly ChartAxis Share = new("share at or below", null, ChartScale.Share);

    public static PlotPicture Of(LineChart chart, string title)
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
        return PlotStyle.Picture(plot, chart.Series.Count + chart.XThresholds.Count + chart.YThresholds.Count > 1);
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
