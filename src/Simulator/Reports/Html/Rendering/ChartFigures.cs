using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>Which figure draws which chart.</summary>
internal static class ChartFigures
{
    public static IChartFigure Of(Chart chart, HtmlReport report) => chart switch
    {
        LineChart line => LineFigure.Of(line, report.MostPoints),
        CumulativeChart cumulative => CumulativeFigure.Of(cumulative, report.MostPoints),
        StackedAreaChart stacked => StackedFigure.Of(stacked, report.MostPoints),
        TimelineChart timeline => TimelineFigure.Of(timeline, report.MostPoints),
        GanttChart gantt => new GanttFigure(gantt, report.MostBars),
        FrontierChart frontier => new FrontierFigure(frontier),
        BarChart bars => new BarFigure(bars),
        _ => throw new ArgumentException($"\"{chart.Title}\" is a {chart.GetType().Name}, which no figure draws."),
    };
}
