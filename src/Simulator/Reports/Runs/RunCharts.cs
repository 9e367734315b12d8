using SimServe.Simulator.Metrics;
using SimServe.Simulator.Metrics.Series;
using SimServe.Simulator.Metrics.Stages;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reports.Html;

namespace SimServe.Simulator.Reports.Runs;

// The charts of a run's report.
internal static class RunCharts
{
    public static HtmlSection Latency(RunSummary summary) => new()
    {
        Heading = "Latency",
        Items =
        [
            new LineChart
            {
                Title = "Latency of completed requests, cumulative",
                XAxis = new ChartAxis("latency", "s", ChartScale.Logarithmic),
                YAxis = new ChartAxis("requests at or below", null, ChartScale.Share),
                Series = [new ChartSeries { Name = "latency", IsStep = true, Points = [.. summary.LatencyCurve.Select(static point => new ChartPoint(point.Seconds, point.Share))] }],
                XThresholds = [.. summary.Classes.Where(static service => service.ObjectiveSeconds is not null).Select(static service =>
                    new ChartThreshold(service.ObjectiveSeconds!.Value, $"objective of {service.Name}"))],
            },
            .. Bands(summary.Bands),
        ],
    };

    public static HtmlSection Causes(RunSummary summary) => new()
    {
        Heading = "What would remove most of the p99",
        Paragraphs = ["p99 of every request's latency less its time in a stage, against p99 itself. With a stage gone queues would shorten too: the true gain is larger."],
        Items =
        [
            new BarChart
            {
                Title = "How much lower p99 would be without a stage",
                Axis = new ChartAxis("p99 saved", "s"),
                Bars = [.. summary.Tail.Causes.Select(static cause => new ChartBar(
                    cause.Stage, cause.Saved, Detail: FormattableString.Invariant($"{cause.ShareOfTail:P1} of the slowest requests' time; p99 without it {cause.P99Without:0.###} s")))],
            },
        ],
    };

    public static HtmlSection Timeline(RunSummary summary) => new()
    {
        Heading = "Over time",
        Items =
        [
            new TimelineChart
            {
                Title = "Queue, batches and workers",
                Panels =
                [
                    Panel("requests", null, summary, ("waiting", static slice => slice.QueueLength), ("in batches", static slice => slice.Running)),
                    Panel("batch size", null, summary, ("batch size", static slice => slice.BatchSize ?? double.NaN)),
                    Panel("busy share", null, summary, ("busy share", static slice => slice.BusyShare ?? double.NaN)),
                    Panel("workers", null, summary, ("ready", static slice => slice.WorkersReady)),
                    Panel("latency", "s", summary, ("p50", static slice => slice.LatencyP50Seconds ?? double.NaN), ("p99", static slice => slice.LatencyP99Seconds ?? double.NaN)),
                ],
                Moments = summary.Window.StartSeconds > 0 ? [new ChartThreshold(summary.Window.StartSeconds, "end of warm-up")] : [],
            },
        ],
    };

    public static HtmlSection Gantt(SegmentWindow window) => new()
    {
        Heading = "What the workers did",
        Warnings = window.IsCut ? [$"The first {window.Bars.Count} stretches of work of the window are shown; the run went on."] : [],
        Items =
        [
            new GanttChart
            {
                Title = "Batches and stalls",
                Rows = [.. Enumerable.Range(0, 1 + window.Bars.Max(static bar => bar.Row)).Select(static worker => $"worker {worker}")],
                Bars = window.Bars,
            },
        ],
    };

    private static StackedAreaChart[] Bands(IReadOnlyList<LatencyBand> bands) => bands.Count < 2
        ? []
        :
        [
            new StackedAreaChart
            {
                Title = "Where the time goes, from the fastest to the slowest requests",
                Note = "Mean time in every stage of the requests in a band of latencies; at the right end the slowest hundredth.",
                XAxis = new ChartAxis("requests by latency", null, ChartScale.Share),
                YAxis = new ChartAxis("time", "s"),
                X = [.. bands.Select(static band => (band.From + band.To) / 2)],
                Layers = [.. Enum.GetValues<LatencyStage>().Select(LatencyStages.NameOf).Select(stage => new ChartLayer(stage, [.. bands.Select(band => band.Seconds[stage])]))],
            },
        ];

    private static TimelinePanel Panel(string label, string? unit, RunSummary summary, params (string Name, Func<SliceRow, double> Value)[] lines) => new()
    {
        YAxis = new ChartAxis(label, unit),
        Series = [.. lines.Select(line => new ChartSeries
        {
            Name = line.Name,
            Points = [.. summary.Series.Select(slice => new ChartPoint(slice.StartSeconds + (slice.LengthSeconds / 2), line.Value(slice)))],
        })],
    };
}
