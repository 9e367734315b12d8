using ScottPlot;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Cli.Plots;

/// <summary>Adds lines, bands and thresholds to a plot.</summary>
internal sealed class PlotLines(Plot plot, PlotScale x, PlotScale y)
{
    private const int MostPoints = 2_000;
    private const int FewPoints = 40;
    private const double BandOpacity = 0.18;
    private const float LeastMarker = 6;
    private const float MarkerStep = 2;

    public void Add(IReadOnlyList<ChartSeries> series, Func<string, int>? colorOf = null)
    {
        for (var i = 0; i < series.Count; i++)
        {
            Add(series[i], PlotStyle.ColorOf(series[i].Color ?? colorOf?.Invoke(series[i].Name) ?? i));
        }

        // Lines may coincide: of those with few points the first have the largest markers, which show behind the later ones.
        for (var i = 0; i < series.Count && colorOf is null && series.All(static one => one.Points.Count <= FewPoints); i++)
        {
            var size = LeastMarker + (MarkerStep * Math.Min(4, series.Count - 1 - i));
            AddMarkers(series[i], PlotStyle.ColorOf(series[i].Color ?? i), PlotStyle.ShapeOf(i), size);
        }
    }

    public void AddVertical(IEnumerable<ChartThreshold> thresholds, bool isNamed = true)
    {
        foreach (var threshold in thresholds.Where(threshold => double.IsFinite(x.At(threshold.Value))))
        {
            var line = plot.Add.VerticalLine(x.At(threshold.Value), 1.5f, PlotStyle.Threshold, LinePattern.DenselyDashed);
            line.LegendText = isNamed ? PlotStyle.Short(threshold.Label) : "";
        }
    }

    public void AddHorizontal(IEnumerable<ChartThreshold> thresholds)
    {
        foreach (var threshold in thresholds.Where(threshold => double.IsFinite(y.At(threshold.Value))))
        {
            plot.Add.HorizontalLine(y.At(threshold.Value), 1.5f, PlotStyle.Threshold, LinePattern.DenselyDashed).LegendText = PlotStyle.Short(threshold.Label);
        }
    }

    /// <summary>A curve of ascending x; gaps split it.</summary>
    public void AddCurve(string name, IReadOnlyList<ChartPoint> points, Color color, bool isStep, bool isDashed = false)
    {
        var isNamed = false;
        foreach (var part in Parts(points))
        {
            var line = plot.Add.ScatterLine(part.Select(point => x.At(point.X)).ToArray(), part.Select(point => y.At(point.Y)).ToArray(), color);
            line.LineWidth = PlotStyle.LineWidth;
            line.LinePattern = isDashed ? LinePattern.Dashed : LinePattern.Solid;
            line.ConnectStyle = isStep ? ConnectStyle.StepHorizontal : ConnectStyle.Straight;
            line.MarkerSize = part.Length == 1 ? 6 : 0;
            line.LegendText = isNamed ? "" : PlotStyle.Short(name);
            isNamed = true;
        }
    }

    private void Add(ChartSeries series, Color color)
    {
        ChartPoint[] points = [.. series.Points.Where(point => double.IsFinite(x.At(point.X))).OrderBy(static point => point.X)];
        var kept = Thinning.Keep(points.Length, MostPoints, [.. points.Select(static point => point.Y)]);
        points = [.. kept.Select(index => points[index])];
        AddBand(points, color);
        AddCurve(series.Name, points, color, series.IsStep, series.IsDashed);
    }

    private void AddMarkers(ChartSeries series, Color color, MarkerShape shape, float size)
    {
        ChartPoint[] points = [.. series.Points.Where(point => double.IsFinite(x.At(point.X)) && double.IsFinite(y.At(point.Y)))];
        plot.Add.Markers(points.Select(point => x.At(point.X)).ToArray(), points.Select(point => y.At(point.Y)).ToArray(), shape, size, color);
    }

    private void AddBand(ChartPoint[] points, Color color)
    {
        ChartPoint[] band = [.. points.Where(point => double.IsFinite(y.At(point.Low)) && double.IsFinite(y.At(point.High)))];
        if (band.Length > 1)
        {
            var fill = plot.Add.FillY(
                band.Select(point => x.At(point.X)).ToArray(), band.Select(point => y.At(point.Low)).ToArray(), band.Select(point => y.At(point.High)).ToArray());
            fill.FillColor = color.WithAlpha(BandOpacity);
            fill.LineWidth = 0;
        }
    }

    private IEnumerable<ChartPoint[]> Parts(IReadOnlyList<ChartPoint> points)
    {
        var part = new List<ChartPoint>();
        foreach (var point in points)
        {
            if (double.IsFinite(x.At(point.X)) && double.IsFinite(y.At(point.Y)))
            {
                part.Add(point);
            }
            else if (part.Count > 0)
            {
                yield return [.. part];
                part.Clear();
            }
        }

        if (part.Count > 0)
        {
            yield return [.. part];
        }
    }
}
