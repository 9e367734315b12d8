using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>A series as the page holds it: columns by ascending x, thinned.</summary>
internal sealed record PanelSeries(string Name, int Color, double[] X, double[] Y)
{
    public double[]? Low { get; init; }

    public double[]? High { get; init; }

    public bool IsStep { get; init; }

    public bool IsDashed { get; init; }

    // Number of points before thinning.
    public required int Original { get; init; }

    public static PanelSeries Of(ChartSeries series, ChartPoint[] points, int color, int most)
    {
        double[] values = [.. points.Select(static point => point.Y)];
        var hasBand = points.Any(static point => double.IsFinite(point.Low) && double.IsFinite(point.High));
        var kept = hasBand
            ? Thinning.Keep(points.Length, most, values, [.. points.Select(static point => point.Low)], [.. points.Select(static point => point.High)])
            : Thinning.Keep(points.Length, most, values);
        return new PanelSeries(series.Name, color, Column(points, kept, static point => point.X), Column(points, kept, static point => point.Y))
        {
            Low = hasBand ? Column(points, kept, static point => point.Low) : null,
            High = hasBand ? Column(points, kept, static point => point.High) : null,
            IsStep = series.IsStep,
            IsDashed = series.IsDashed,
            Original = points.Length,
        };
    }

    // Points that have a place, from left to right; a stable order, so that a step at one x goes the way it was given.
    public static ChartPoint[] Sorted(ChartSeries series) =>
        [.. series.Points.Where(static point => double.IsFinite(point.X)).OrderBy(static point => point.X)];

    private static double[] Column(ChartPoint[] points, int[] kept, Func<ChartPoint, double> value) => [.. kept.Select(index => value(points[index]))];
}
