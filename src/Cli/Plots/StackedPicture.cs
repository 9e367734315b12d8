using SimServe.Simulator.Reports.Charts;

namespace SimServe.Cli.Plots;

/// <summary>Layers on top of each other.</summary>
internal static class StackedPicture
{
    private const double Opacity = 0.85;

    public static PlotPicture Of(StackedAreaChart chart, string title)
    {
        var plot = PlotStyle.Create(title);
        var (x, y) = (new PlotScale(chart.XAxis), new PlotScale(chart.YAxis));
        double[] places = [.. chart.X.Select(x.At)];
        var below = new double[places.Length];
        for (var i = 0; i < chart.Layers.Count; i++)
        {
            double[] above = [.. below.Zip(chart.Layers[i].Values, static (sum, value) => sum + (double.IsFinite(value) ? value : 0))];
            if (chart.Layers[i].Values.Any(static value => value > 0))
            {
                // A layer that is nowhere needs no entry in the legend.
                var area = plot.Add.FillY(places, below, above);
                area.FillColor = PlotStyle.ColorOf(i).WithAlpha(Opacity);
                area.LineWidth = 0;
                area.LegendText = PlotStyle.Short(chart.Layers[i].Name);
            }

            below = above;
        }

        new PlotLines(plot, x, y).AddHorizontal(chart.YThresholds);
        plot.Axes.Margins(0, 0.05);
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsY(0, plot.Axes.GetLimits().Top);
        x.UseAsX(plot);
        y.UseAsY(plot);
        return PlotStyle.Picture(plot);
    }
}
