namespace SimServe.Simulator.Calibration;

/// <summary>What service adds to a profile's times.</summary>
/// <param name="Factor">How many times as long computation takes in service as in the profiler's tight loops, from 0.2 to 5.</param>
/// <param name="StepSeconds">What comes on top of every step, whatever it computes, seconds, at least 0.</param>
/// <param name="Spread">Quantiles of the time of a request's steps over its predicted time with both, evenly spread from the least to the greatest; their mean is 1.</param>
public sealed record ServiceFit(double Factor, double StepSeconds, IReadOnlyList<double> Spread)
{
    private const int Quantiles = 21;
    private const double Least = 0.2;
    private const double Most = 5;
    private const int Halvings = 40;

    /// <summary>Fits it to what workers did.</summary>
    /// <remarks>
    /// In service threads sleep and wake, caches are cold after a pause, and pre- and post-processing run beside the steps. Some of that is so much for every step, and some grows with the step, so that short steps suffer more
    /// than long ones. Both are found from two short runs that serve requests made for the purpose, one of masked and one of full steps: with them the steps of each run would have been predicted right in total,
    /// as far as the time for every step is not negative and the factor not below 1. Beyond that the runs differ because the machine's pace did between them: steps whose times are alike would otherwise make any factor of it.
    /// The factor is that of both runs together. Loads keep to their link and have no factor. What is left differs from request to request.
    /// </remarks>
    /// <param name="masked">What the workers did with masked steps.</param>
    /// <param name="full">What they did with full ones.</param>
    /// <exception cref="ArgumentException">A run took no step.</exception>
    public static ServiceFit Of(ServedSteps masked, ServedSteps full)
    {
        ArgumentNullException.ThrowIfNull(masked);
        ArgumentNullException.ThrowIfNull(full);
        var perStep = PerStep(masked, full);
        var factor = FactorOf([masked, full], perStep);
        return new ServiceFit(factor, perStep, SpreadOf([.. masked.RequestRatios(factor, perStep), .. full.RequestRatios(factor, perStep)]));
    }

    /// <summary>How many times as long computation takes as the cost model says, by the total time of some steps.</summary>
    /// <param name="steps">What workers did.</param>
    /// <returns>From 0.2 to 5.</returns>
    /// <exception cref="ArgumentException">No step was taken.</exception>
    public static double PaceOf(ServedSteps steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return FactorOf([steps], 0);
    }

    /// <summary>How many times as long workers' own ControlNets take as the cost model says.</summary>
    /// <remarks>Steps with and without take turns in one run, so that a machine whose pace drifts drifts for both: those without say by how much the rest of the others is off.</remarks>
    /// <param name="with">What workers did with ControlNets.</param>
    /// <param name="without">What they did without in the same run.</param>
    /// <returns>From 0.2 to 5.</returns>
    /// <exception cref="ArgumentException">No step was taken with a ControlNet, or none without.</exception>
    public static double ControlFactorOf(ServedSteps with, ServedSteps without)
    {
        ArgumentNullException.ThrowIfNull(with);
        ArgumentNullException.ThrowIfNull(without);
        var (pace, controls) = (FactorOf([without], 0), with.ControlSeconds);
        return controls > 0
            ? Math.Clamp(1 + ((with.MeasuredSeconds - with.PredictedSeconds(pace)) / (pace * controls)), Least, Most)
            : throw new ArgumentException("No step was taken with a ControlNet: nothing is known of them.", nameof(with));
    }

    // The more comes on top of every step, the smaller the factors that are left; that of short steps falls faster. Halving finds where they are the same, or that of full steps is 1.
    private static double PerStep(ServedSteps masked, ServedSteps full)
    {
        var (low, high) = (0.0, Math.Min(masked.MeasuredSeconds / masked.Count, full.MeasuredSeconds / full.Count));
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            var left = FactorOf([full], middle);
            (low, high) = left >= 1 && FactorOf([masked], middle) > left ? (middle, high) : (low, middle);
        }

        return low;
    }

    private static double FactorOf(ServedSteps[] runs, double perStep)
    {
        if (Array.Exists(runs, static run => run.IsEmpty))
        {
            throw new ArgumentException("No step was taken: nothing is known of service.", nameof(runs));
        }

        var (low, high, measured) = (Least, Most, runs.Sum(static run => run.MeasuredSeconds));
        for (var i = 0; i < Halvings; i++)
        {
            // The time rises with the factor, so halving finds it.
            var middle = Math.Sqrt(low * high);
            (low, high) = runs.Sum(run => run.PredictedSeconds(middle, perStep)) < measured ? (middle, high) : (low, middle);
        }

        return Math.Sqrt(low * high);
    }

    private static double[] SpreadOf(double[] ratios)
    {
        Array.Sort(ratios);
        double[] quantiles = [.. Enumerable.Range(0, Quantiles).Select(index => FitErrors.Quantile(ratios, (double)index / (Quantiles - 1)))];

        // Drawn from between neighbouring quantiles, the ends count half.
        var mean = (quantiles.Sum() - ((quantiles[0] + quantiles[^1]) / 2)) / (Quantiles - 1);
        return [.. quantiles.Select(quantile => quantile / mean)];
    }
}
