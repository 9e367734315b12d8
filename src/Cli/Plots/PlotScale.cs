using ScottPlot;
using ScottPlot.TickGenerators;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Cli.Plots;

/// <summary>How one axis of a chart is laid out: ScottPlot knows linear ones only, so that decades are laid out by their logarithms.</summary>
/// <param name="axis">What it stands for.</param>
/// <param name="isWhole">Whether only whole numbers make sense on it, as for a number of workers.</param>
internal sealed class PlotScale(ChartAxis axis, bool isWhole = false)
{
    private const int MostTicks = 9;
    private const double OneDecade = 1;
    private const double FewDecades = 2.5;

    // Lengths between the ticks of a clock, in seconds.
    private static readonly double[] ClockSteps =
        [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];

    /// <summary>Where a value lies; NaN when it cannot be shown.</summary>
    public double At(double value) =>
        axis.Scale != ChartScale.Logarithmic ? (double.IsFinite(value) ? value : double.NaN) : value > 0 && double.IsFinite(value) ? Math.Log10(value) : double.NaN;

    public void UseAsX(Plot plot, bool isLabelled = true)
    {
        if (isLabelled)
        {
            plot.XLabel(axis.Heading, 14);
        }

        var limits = plot.Axes.GetLimits();
        plot.Axes.Bottom.TickGenerator = Ticks(limits.Left, limits.Right);
        plot.Axes.Bottom.TickLabelStyle.IsVisible = isLabelled;
    }

    public void UseAsY(Plot plot)
    {
        plot.YLabel(axis.Heading, 14);
        var limits = plot.Axes.GetLimits();
        plot.Axes.Left.TickGenerator = Ticks(limits.Bottom, limits.Top);
    }

    private ITickGenerator Ticks(double from, double to) => axis.Scale switch
    {
        // An empty plot has no limits yet.
        _ when !double.IsFinite(to - from) => new NumericAutomatic(),
        ChartScale.Logarithmic => Manual(Decades(from, to), Math.Log10),
        ChartScale.Time when to - from > MostTicks => Manual(Clock(from, to), static seconds => seconds),
        _ => new NumericAutomatic { LabelFormatter = axis.TextOf, IntegerTicksOnly = isWhole },
    };

    private NumericManual Manual(IEnumerable<double> values, Func<double, double> place)
    {
        double[] ticks = [.. values];
        return new NumericManual([.. ticks.Select(place)], [.. ticks.Select(axis.TextOf)]);
    }

    private static IEnumerable<double> Decades(double from, double to)
    {
        double[] within = (to - from) switch
        {
            <= OneDecade => [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9],
            <= FewDecades => [1, 2, 5],
            _ => [1],
        };
        for (var decade = (int)Math.Floor(from); decade <= Math.Ceiling(to); decade++)
        {
            foreach (var digit in within)
            {
                var value = digit * Math.Pow(10, decade);
                if (Math.Log10(value) >= from && Math.Log10(value) <= to)
                {
                    yield return value;
                }
            }
        }
    }

    private static IEnumerable<double> Clock(double from, double to)
    {
        var step = Array.Find(ClockSteps, step => (to - from) / step <= MostTicks);
        step = step > 0 ? step : Math.Ceiling((to - from) / MostTicks / ClockSteps[^1]) * ClockSteps[^1];
        for (var value = Math.Ceiling(Math.Max(from, 0) / step) * step; value <= to; value += step)
        {
            yield return value;
        }
    }
}
