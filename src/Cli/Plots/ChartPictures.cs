using SimServe.Simulator.Reports.Charts;

namespace SimServe.Cli.Plots;

/// <summary>Draws the charts of a report, which are data, with ScottPlot.</summary>
internal static class ChartPictures
{
    /// <summary>Draws a chart.</summary>
    /// <param name="chart">The chart.</param>
    /// <param name="report">Title of the report it stands in, since a picture leaves it.</param>
    public static PlotPicture Of(Chart chart, string report)
    {
        var title = PlotStyle.TitleOf(chart, report);
        return chart switch
        {
            LineChart lines => LinePictures.Of(lines, title),
            CumulativeChart cumulative => LinePictures.Of(cumulative, title),
            StackedAreaChart stacked => StackedPicture.Of(stacked, title),
            TimelineChart timeline => TimelinePicture.Of(timeline, title),
            GanttChart gantt => GanttPicture.Of(gantt, title),
            FrontierChart frontier => FrontierPicture.Of(frontier, title),
            BarChart bars => BarPicture.Of(bars, title),
            _ => throw new InvalidOperationException($"Nobody knows how to draw a {chart.GetType().Name}."),
        };
    }
}
