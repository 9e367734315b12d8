using ScottPlot;
using ScottPlot.TickGenerators;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Cli.Plots;

/// <summary>Who did what when.</summary>
internal static class GanttPicture
{
    private const int RowHeight = 22;
    private const int LeastHeight = 220;
    private const int MostHeight = 1_600;
    private const int Around = 110;
    private const int MostRowNames = 64;

    public static PlotPicture Of(GanttChart chart, string title)
    {
        var plot = PlotStyle.Create(title);
        var scale = new PlotScale(chart.XAxis);
        var kinds = chart.Bars.Select(static bar => bar.Kind).Distinct().ToList();
        GanttBar[] ordered = [.. chart.Bars.Where(static bar => double.IsFinite(bar.Start) && double.IsFinite(bar.End)).OrderBy(static bar => bar.Row).ThenBy(static bar => bar.Start)];
        var (from, to) = ordered.Length == 0 ? (0.0, 1.0) : (ordered.Min(static bar => bar.Start), Math.Max(ordered.Max(static bar => bar.End), ordered[0].Start + 1e-9));
        foreach (var kind in kinds)
        {
            var bars = plot.Add.Bars(Visible(ordered.Where(bar => bar.Kind == kind), (to - from) / PlotStyle.Width).Select(bar => BarOf(bar, scale, kinds.IndexOf(kind))).ToArray());
            bars.LegendText = PlotStyle.Short(kind);
        }

        plot.Axes.SetLimits(scale.At(from), scale.At(to), chart.Rows.Count - 0.4, -0.6);
        scale.UseAsX(plot);
        var every = (chart.Rows.Count + MostRowNames - 1) / MostRowNames;
        int[] named = [.. Enumerable.Range(0, chart.Rows.Count).Where(row => row % Math.Max(1, every) == 0)];
        plot.Axes.Left.TickGenerator = new NumericManual([.. named.Select(static row => (double)row)], [.. named.Select(row => PlotStyle.Short(chart.Rows[row]))]);
        plot.Grid.YAxisStyle.IsVisible = false;
        return PlotStyle.Picture(plot, height: Math.Clamp(Around + (RowHeight * chart.Rows.Count), LeastHeight, MostHeight));
    }

    private static Bar BarOf(in GanttBar bar, PlotScale scale, int kind) => new()
    {
        Orientation = Orientation.Horizontal,
        Position = bar.Row,
        ValueBase = scale.At(bar.Start),
        Value = scale.At(bar.End),
        Size = 0.8,
        FillColor = PlotStyle.ColorOf(kind),
        LineWidth = 0.5f,
        LineColor = Colors.White,
    };

    // Neighbours within one pixel are one bar: nobody could tell them apart.
    private static IEnumerable<GanttBar> Visible(IEnumerable<GanttBar> bars, double pixel)
    {
        GanttBar? last = null;
        foreach (var bar in bars)
        {
            if (last is { } open && open.Row == bar.Row && bar.Start - open.End < pixel && bar.End - open.Start < pixel)
            {
                last = open with { End = Math.Max(open.End, bar.End) };
                continue;
            }

            if (last is { } done)
            {
                yield return done;
            }

            last = bar;
        }

        if (last is { } end)
        {
            yield return end;
        }
    }
}
