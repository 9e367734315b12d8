using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Sweeps;

/// <summary>The charts of a sweep's report.</summary>
internal static class SweepCharts
{
    private const int MostBars = 40;

    // The metric over the key with numbers, a line for each combination of the others; bars where only names were varied.
    public static Chart Of(SweepView view, SweepMetric metric) => view.Over is { } over ? Lines(view, metric, over) : Bars(view, metric);

    public static FrontierChart Frontier(SweepView view, SweepMetric cost, SweepMetric value) => new()
    {
        Title = $"{value.Name} against {cost.Name}",
        Note = $"Better is {Better(cost)} and {Better(value)}; the line joins the points whose means no other point beats in both.",
        XAxis = cost.Axis(view.All(cost)),
        YAxis = value.Axis(view.All(value)),
        LowerXIsBetter = !cost.HigherIsBetter,
        HigherYIsBetter = value.HigherIsBetter,
        YThresholds = value.Objective(view.Outcome.File.Goal),
        Points = [.. view.Outcome.Result.Points.Select(point => Candidate(view, point, cost, value))],
    };

    // What the verdict rests on: all points met the same requests, so their differences vary far less than they do.
    public static LineChart? Differences(SweepView view)
    {
        var outcome = view.Outcome;
        if (view.Over is not { } over || over == outcome.File.Compared || outcome.File.Compared.Values.Count < 2 || outcome.File.Replications < 2)
        {
            return null;
        }

        var points = outcome.Conditions.SelectMany(condition => condition.Ranked.Select((point, rank) => (point, Distance: Distance(condition, rank)))).ToArray();
        return new LineChart
        {
            Title = $"{outcome.File.Goal.Metric.Name}: difference to the best at the same {over.Column}",
            Note = "Paired differences on the same random requests, as per cent of the best's mean. Bands share an error of 5 % among all pairs of the sweep: where one includes 0 it cannot be told from the best.",
            XAxis = new ChartAxis(over.Column),
            YAxis = new ChartAxis("difference to the best", "%"),
            Series = [.. Grouped(view, points.OrderBy(static one => one.point).Select(one => (outcome.Result.Points[one.point], one.Distance)), over)],
            YThresholds = [new ChartThreshold(0, "the best")],
        };
    }

    private static LineChart Lines(SweepView view, SweepMetric metric, SweepAxis over) => new()
    {
        Title = $"{metric.Name} over {over.Column}",
        Note = view.Outcome.File.Replications > 1 ? "Means and their 95 % intervals over replications." : "One replication: no intervals.",
        XAxis = new ChartAxis(over.Column),
        YAxis = metric.Axis(view.All(metric)),
        Series = [.. Grouped(view, view.Outcome.Result.Points.Select(point => (point, metric.Point(view.NumberOf(point, over), view.Outcome.Of(point.Index, metric)))), over)],
        YThresholds = metric.Objective(view.Outcome.File.Goal),
    };

    private static IEnumerable<ChartSeries> Grouped(SweepView view, IEnumerable<(SweepPoint Point, ChartPoint Value)> points, SweepAxis over) => points
        .GroupBy(one => view.LineOf(one.Point), StringComparer.Ordinal)
        .Select(group => new ChartSeries { Name = group.Key, Points = [.. group.Select(one => one.Value with { X = view.NumberOf(one.Point, over) })] });

    private static ChartPoint Distance(SweepCondition condition, int rank)
    {
        if (rank == 0)
        {
            return new ChartPoint(0, condition.Rivals.Count > 0 ? 0 : double.NaN);
        }

        if (condition.AgainstBest[rank - 1] is not { FirstMean: not 0 } against)
        {
            return new ChartPoint(0, double.NaN);
        }

        var percent = 100 / Math.Abs(against.FirstMean);
        return new ChartPoint(0, against.Difference * percent, against.Low * percent, against.High * percent);
    }

    private static BarChart Bars(SweepView view, SweepMetric metric)
    {
        var points = view.Outcome.Conditions.SelectMany(static condition => condition.Ranked).Take(MostBars).ToArray();
        return new BarChart
        {
            Title = metric.Name,
            Note = points.Length < view.Outcome.Result.Points.Count ? $"The first {points.Length} points; the table has all." : null,
            Axis = metric.Axis([]),
            Bars = [.. points.Select(point => Bar(view, metric, view.Outcome.Result.Points[point]))],
            Thresholds = metric.Objective(view.Outcome.File.Goal),
        };
    }

    private static ChartBar Bar(SweepView view, SweepMetric metric, SweepPoint point)
    {
        var shown = metric.Point(0, view.Outcome.Of(point.Index, metric));
        return new ChartBar(view.NameOf(point), shown.Y, shown.Low, shown.High);
    }

    private static FrontierPoint Candidate(SweepView view, SweepPoint point, SweepMetric cost, SweepMetric value)
    {
        var y = value.Point(0, view.Outcome.Of(point.Index, value));
        return new FrontierPoint
        {
            Name = view.NameOf(point),
            X = view.Outcome.Of(point.Index, cost).Mean ?? double.NaN,
            Y = y.Y,
            YLow = y.Low,
            YHigh = y.High,
            Group = view.Outcome.File.Compared.Values.Count > 1 ? view.LabelOf(point, view.Outcome.File.Compared) : "",
            Detail = $"point {point.Index}",
        };
    }

    private static string Better(SweepMetric metric) => $"{(metric.HigherIsBetter ? "more" : "less")} {metric.Name}";
}
