using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>A stacked area chart: one panel whose series are layers that share their x.</summary>
internal static class StackedFigure
{
    public static PanelFigure Of(StackedAreaChart chart, int most)
    {
        Check(chart);
        var totals = chart.X.Select((_, index) => chart.Layers.Sum(layer => Thickness(layer, index))).ToArray();
        var kept = Thinning.Keep(chart.X.Count, most, totals);
        double[] x = [.. kept.Select(index => chart.X[index])];
        var colors = new NameNumbers();
        var layers = chart.Layers.Select(layer =>
            new PanelSeries(layer.Name, colors.Of(layer.Name), x, [.. kept.Select(index => layer.Values[index])]) { Original = chart.X.Count }).ToArray();
        return new PanelFigure("stacked", chart.XAxis, [new Panel(chart.YAxis, layers) { IsStacked = true, Thresholds = chart.YThresholds }])
        {
            Numbers = SeriesNumbers.Of(chart.XAxis, chart.YAxis, [.. chart.Layers.Select(layer => (layer.Name, PointsOf(chart, layer)))]),
        };
    }

    private static double Thickness(ChartLayer layer, int index) => double.IsFinite(layer.Values[index]) ? layer.Values[index] : 0;

    private static ChartPoint[] PointsOf(StackedAreaChart chart, ChartLayer layer) => [.. chart.X.Select((x, index) => new ChartPoint(x, layer.Values[index]))];

    private static void Check(StackedAreaChart chart)
    {
        for (var index = 0; index < chart.X.Count; index++)
        {
            if (!double.IsFinite(chart.X[index]) || (index > 0 && chart.X[index] < chart.X[index - 1]))
            {
                throw new ArgumentException($"Position {index} of \"{chart.Title}\" is {chart.X[index]}; positions must be finite and ascend.");
            }
        }

        foreach (var layer in chart.Layers)
        {
            if (layer.Values.Count != chart.X.Count)
            {
                throw new ArgumentException($"Layer \"{layer.Name}\" of \"{chart.Title}\" has {layer.Values.Count} values; it must have {chart.X.Count}, one per position.");
            }

            if (layer.Values.Any(static value => value < 0))
            {
                throw new ArgumentException($"Layer \"{layer.Name}\" of \"{chart.Title}\" has a value below 0; layers that are stacked cannot be negative.");
            }
        }
    }
}
