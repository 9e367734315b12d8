using System.Globalization;
using ScottPlot;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Cli.Plots;

/// <summary>Candidates by two goals; those that no other beats are joined and numbered, and the legend names them.</summary>
internal static class FrontierPicture
{
    private const int MostNamed = 16;
    private const float MarkerSize = 8;

    public static PlotPicture Of(FrontierChart chart, string title)
    {
        var plot = PlotStyle.Create(title);
        var (x, y) = (new PlotScale(chart.XAxis), new PlotScale(chart.YAxis));
        FrontierPoint[] points = [.. chart.Points.Where(point => double.IsFinite(x.At(point.X)) && double.IsFinite(y.At(point.Y)))];
        var isOn = ParetoFrontier.Of([.. points.Select(static point => (point.X, point.Y))], chart.LowerXIsBetter, chart.HigherYIsBetter);
        FrontierPoint[] frontier = [.. points.Where((_, index) => isOn[index]).OrderBy(static point => point.X)];
        new PlotLines(plot, x, y).AddHorizontal(chart.YThresholds);
        if (frontier.Length > 1)
        {
            var line = plot.Add.ScatterLine(frontier.Select(point => x.At(point.X)).ToArray(), frontier.Select(point => y.At(point.Y)).ToArray(), Color.FromHex("#999999"));
            (line.LineWidth, line.LegendText) = (1.5f, "no other is better in both");
        }

        AddGroups(plot, points, x, y);
        AddNames(plot, points, frontier, x, y);
        plot.Axes.Margins(0.07, 0.12);
        plot.Axes.AutoScale();
        x.UseAsX(plot);
        y.UseAsY(plot);
        return PlotStyle.Picture(plot);
    }

    private static void AddGroups(Plot plot, FrontierPoint[] points, PlotScale x, PlotScale y)
    {
        var number = 0;
        foreach (var group in points.GroupBy(static point => point.Group, StringComparer.Ordinal))
        {
            var color = PlotStyle.ColorOf(number);
            AddIntervals(plot, group, color, x, y);
            var markers = plot.Add.Markers(group.Select(point => x.At(point.X)).ToArray(), group.Select(point => y.At(point.Y)).ToArray(), PlotStyle.ShapeOf(number++), MarkerSize, color);
            markers.LegendText = PlotStyle.Short(group.Key);
        }
    }

    private static void AddIntervals(Plot plot, IEnumerable<FrontierPoint> group, Color color, PlotScale x, PlotScale y)
    {
        foreach (var point in group.Where(point => double.IsFinite(y.At(point.YLow)) && double.IsFinite(y.At(point.YHigh))))
        {
            plot.Add.Line(x.At(point.X), y.At(point.YLow), x.At(point.X), y.At(point.YHigh)).LineColor = color.WithAlpha(0.5);
        }
    }

    private static void AddNames(Plot plot, FrontierPoint[] points, FrontierPoint[] frontier, PlotScale x, PlotScale y)
    {
        // The recommended one is named wherever it lies; of a long frontier the rest is left to the report's table.
        FrontierPoint[] named = [.. frontier.Union(points.Where(static point => point.IsRecommended)).OrderByDescending(static point => point.IsRecommended).Take(MostNamed).OrderBy(static point => point.X)];
        for (var i = 0; i < named.Length; i++)
        {
            var number = (i + 1).ToString(CultureInfo.InvariantCulture);
            var text = plot.Add.Text(number, x.At(named[i].X), y.At(named[i].Y));
            (text.LabelFontSize, text.LabelAlignment, text.OffsetX, text.OffsetY, text.LabelBold) = (13, Alignment.LowerRight, -4, -4, named[i].IsRecommended);
            plot.Legend.ManualItems.Add(new LegendItem
            {
                LabelText = $"{number}: {PlotStyle.Short(named[i].Name)}{(named[i].IsRecommended ? ", recommended" : "")}",
                LineWidth = 0,
            });
            if (named[i].IsRecommended)
            {
                var ring = plot.Add.Marker(x.At(named[i].X), y.At(named[i].Y), MarkerShape.OpenCircle, 2 * MarkerSize, Colors.Black);
                ring.LineWidth = 2;
            }
        }
    }
}
