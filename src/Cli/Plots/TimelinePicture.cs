using ScottPlot;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Cli.Plots;

/// <summary>Panels above each other with one x axis.</summary>
internal static class TimelinePicture
{
    private const int PanelHeight = 150;
    private const int TitleHeight = 40;
    private const int AxisHeight = 45;
    private const int GapHeight = 10;
    private const int LeftWidth = 80;
    private const int RightWidth = 170;

    public static PlotPicture Of(TimelineChart chart, string title)
    {
        var names = chart.Panels.SelectMany(static panel => panel.Series).Select(static series => series.Name).Distinct().ToList();
        var picture = new PlotPicture(PlotStyle.Width, TitleHeight + (PanelHeight * chart.Panels.Count) + AxisHeight);
        var (from, to) = Span(chart);
        var top = 0;
        for (var i = 0; i < chart.Panels.Count; i++)
        {
            var (isFirst, isLast) = (i == 0, i == chart.Panels.Count - 1);
            var height = PanelHeight + (isFirst ? TitleHeight : 0) + (isLast ? AxisHeight : 0);
            picture.Add(Panel(chart, chart.Panels[i], isFirst ? title : "", isLast, (from, to), names), top, height);
            top += height;
        }

        return picture;
    }

    private static Plot Panel(TimelineChart chart, TimelinePanel panel, string title, bool isLast, (double From, double To) span, List<string> names)
    {
        var plot = PlotStyle.Create(title);
        var (x, y) = (new PlotScale(chart.XAxis), new PlotScale(panel.YAxis));
        var lines = new PlotLines(plot, x, y);
        lines.Add(panel.Series, names.IndexOf);
        lines.AddHorizontal(panel.Thresholds);
        lines.AddVertical(chart.Moments, isNamed: title.Length > 0);
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsX(span.From, span.To);
        if (panel.YAxis.Scale != ChartScale.Logarithmic && !panel.Series.Any(static series => series.Points.Any(static point => point.Y < 0)))
        {
            plot.Axes.SetLimitsY(0, Math.Max(plot.Axes.GetLimits().Top, 1e-9));
        }

        x.UseAsX(plot, isLast);
        y.UseAsY(plot);

        // Panels stand exactly above each other, whatever the width of their numbers and names.
        (plot.Axes.Left.MinimumSize, plot.Axes.Left.MaximumSize) = (LeftWidth, LeftWidth);
        (plot.Axes.Bottom.MinimumSize, plot.Axes.Bottom.MaximumSize) = isLast ? (AxisHeight, AxisHeight) : (GapHeight, GapHeight);
        plot.Axes.Title.IsVisible = title.Length > 0;
        var legend = plot.ShowLegend(Edge.Right);
        (legend.Alignment, legend.MinimumSize, legend.MaximumSize) = (Alignment.UpperLeft, RightWidth, RightWidth);
        return plot;
    }

    private static (double From, double To) Span(TimelineChart chart)
    {
        double[] places = [.. chart.Panels.SelectMany(static panel => panel.Series).SelectMany(static series => series.Points).Select(static point => point.X).Where(double.IsFinite)];
        return places.Length == 0 ? (0, 1) : (Math.Min(0, places.Min()), Math.Max(places.Max(), places.Min() + 1e-9));
    }
}
