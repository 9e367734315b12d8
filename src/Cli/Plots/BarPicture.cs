using ScottPlot;
using ScottPlot.TickGenerators;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Cli.Plots;

/// <summary>Bars from the top down, with their values at their ends.</summary>
internal static class BarPicture
{
    private const int RowHeight = 34;
    private const int Around = 120;
    private const int LeastHeight = 220;
    private const int MostHeight = 1_600;

    public static PlotPicture Of(BarChart chart, string title)
    {
        var plot = PlotStyle.Create(title);
        var (x, y) = (new PlotScale(chart.Axis), new PlotScale(new ChartAxis("")));
        var foot = Foot(chart, x);
        plot.Add.Bars(chart.Bars.Select((bar, row) => BarOf(chart.Axis, bar, row, x, foot)).ToArray());
        foreach (var (bar, row) in chart.Bars.Select(static (bar, row) => (bar, row)).Where(one => double.IsFinite(x.At(one.bar.Low)) && double.IsFinite(x.At(one.bar.High))))
        {
            plot.Add.Line(x.At(bar.Low), row, x.At(bar.High), row).LineColor = Colors.Black;
        }

        new PlotLines(plot, x, y).AddVertical(chart.Thresholds);
        plot.Axes.Margins(0.1, 0.05);
        plot.Axes.AutoScale();
        plot.Axes.SetLimits(foot, plot.Axes.GetLimits().Right, chart.Bars.Count - 0.4, -0.6);
        x.UseAsX(plot);
        plot.Axes.Left.TickGenerator = new NumericManual(
            [.. chart.Bars.Select(static (_, row) => (double)row)], [.. chart.Bars.Select(static bar => PlotStyle.Short(bar.Name))]);
        plot.Grid.YAxisStyle.IsVisible = false;
        return PlotStyle.Picture(plot, chart.Thresholds.Count > 0, Math.Clamp(Around + (RowHeight * chart.Bars.Count), LeastHeight, MostHeight));
    }

    // Lengths begin at nought; where there is none, among decades, and where values lie below it, at the last mark before the least.
    private static double Foot(BarChart chart, PlotScale x)
    {
        var least = chart.Bars.SelectMany(bar => new[] { x.At(bar.Value), x.At(bar.Low) }).Where(double.IsFinite).DefaultIfEmpty(0).Min();
        return chart.Axis.Scale == ChartScale.Logarithmic ? Math.Floor(least) : Math.Min(0, least);
    }

    private static Bar BarOf(ChartAxis axis, ChartBar bar, int row, PlotScale x, double foot)
    {
        var value = x.At(bar.Value);
        return new Bar
        {
            Orientation = Orientation.Horizontal,
            Position = row,
            ValueBase = axis.Scale == ChartScale.Logarithmic ? foot : 0,
            Value = double.IsFinite(value) ? value : foot,
            Size = 0.65,
            FillColor = PlotStyle.ColorOf(0),
            LineWidth = 0,

            // An interval's line would run through it.
            Label = double.IsFinite(bar.High) ? "" : axis.TextOf(bar.Value),
        };
    }
}
