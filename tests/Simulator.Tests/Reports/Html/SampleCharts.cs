using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Tests.Reports.Html;

/// <summary>A chart of every kind, full and empty, with any text in every place that takes one.</summary>
internal static class SampleCharts
{
    public static Chart[] Full(string text = "a") =>
    [
        new LineChart
        {
            Title = text, Note = text, XAxis = Axis(text), YAxis = Axis(text), Series = [Line(text)],
            XThresholds = [new ChartThreshold(1, text)], YThresholds = [new ChartThreshold(1, text)],
        },
        new CumulativeChart { Title = text, Note = text, Axis = Axis(text), Samples = [new ChartSamples(text, [3, 1, 2])], Thresholds = [new ChartThreshold(2, text)] },
        new StackedAreaChart { Title = text, Note = text, XAxis = Axis(text), YAxis = Axis(text), X = [0, 1], Layers = [new ChartLayer(text, [1, 2])] },
        new TimelineChart
        {
            Title = text, Note = text, Panels = [new TimelinePanel { YAxis = Axis(text), Series = [Line(text)], Thresholds = [new ChartThreshold(1, text)] }],
            Moments = [new ChartThreshold(1, text)],
        },
        new GanttChart { Title = text, Note = text, Rows = [text], Bars = [new GanttBar(0, 0, 1, text, text, text)] },
        new FrontierChart
        {
            Title = text, Note = text, XAxis = Axis(text), YAxis = Axis(text), YThresholds = [new ChartThreshold(1, text)],
            Points = [new FrontierPoint { Name = text, X = 1, Y = 1, Group = text, Detail = text }],
        },
        new BarChart { Title = text, Note = text, Axis = Axis(text), Bars = [new ChartBar(text, 1, 0.5, 1.5, text)], Thresholds = [new ChartThreshold(1, text)] },
    ];

    public static Chart[] Empty() =>
    [
        new LineChart { Title = "line", XAxis = Axis("x"), YAxis = Axis("y"), Series = [] },
        new LineChart { Title = "gaps only", XAxis = Axis("x"), YAxis = Axis("y"), Series = [new ChartSeries { Name = "a", Points = [new ChartPoint(1, double.NaN)] }] },
        new CumulativeChart { Title = "cumulative", Axis = Axis("x"), Samples = [] },
        new CumulativeChart { Title = "no samples", Axis = Axis("x"), Samples = [new ChartSamples("a", [])] },
        new StackedAreaChart { Title = "stacked", XAxis = Axis("x"), YAxis = Axis("y"), X = [], Layers = [new ChartLayer("a", [])] },
        new TimelineChart { Title = "timeline", Panels = [] },
        new GanttChart { Title = "gantt", Rows = ["worker 0"], Bars = [] },
        new FrontierChart { Title = "frontier", XAxis = Axis("x"), YAxis = Axis("y"), Points = [new FrontierPoint { Name = "a", X = double.NaN, Y = 1 }] },
        new BarChart { Title = "bars", Axis = Axis("x"), Bars = [new ChartBar("a", double.NaN)] },
    ];

    public static ChartAxis Axis(string text) => new(text, text);

    private static ChartSeries Line(string text) => new() { Name = text, Points = [new ChartPoint(0, 1, 0.5, 1.5), new ChartPoint(2, 3, 2, 4)] };
}
