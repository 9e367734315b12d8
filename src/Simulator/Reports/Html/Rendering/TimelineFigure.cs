using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>A timeline: several panels, one legend.</summary>
internal static class TimelineFigure
{
    public static PanelFigure Of(TimelineChart chart, int most)
    {
        var colors = new NameNumbers();
        var lines = chart.Panels.SelectMany(static panel => panel.Series.Select(series => (panel.YAxis, series.Name, Points: PanelSeries.Sorted(series)))).ToArray();
        var next = 0;
        var panels = new List<Panel>();
        foreach (var panel in chart.Panels)
        {
            var series = panel.Series.Select(one => PanelSeries.Of(one, lines[next++].Points, colors.Of(one.Name, one.Color), most)).ToArray();
            panels.Add(new Panel(panel.YAxis, series) { Thresholds = panel.Thresholds });
        }

        return new PanelFigure("timeline", chart.XAxis, panels) { XThresholds = chart.Moments, Numbers = SeriesNumbers.Summary(chart.XAxis, lines) };
    }
}
