namespace SimServe.Simulator.Calibration;

/// <summary>What service adds to a profile's times.</summary>
/// <param name="Factor">How many times as long computation takes in service as in the profiler's tight loops, from 0.2 to 5.</param>
/// <param name="Spread">Quantiles of the time of a request's steps over its predicted time with that factor, evenly spread from the least to the greatest; their mean is 1.</param>
public sealed record ServiceFit(double Factor, IReadOnlyList<double> Spread)
{
    private const int Quantiles = 21;
    private const double Least = 0.2;
    private const double Most = 5;
    private const int Halvings = 40;

    /// <summary>Fits it to what workers did.</summary>
    /// <remarks>
    /// In service threads sleep and wake, caches are cold after a pause, and pre- and post-processing run beside the steps. One factor on all computation is found from a short run
    /// that serves requests made for the purpose: with it the steps of that run would have been predicted right in total. Loads keep to their link and have no factor.
    /// What is left differs from request to request.
    /// </remarks>
    /// <param name="steps">What the workers did.</param>
    /// <exception cref="ArgumentException">No step was taken.</exception>
    public static ServiceFit Of(ServedSteps steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        if (steps.IsEmpty)
        {
            throw new ArgumentException("No step was taken: nothing is known of service.", nameof(steps));
        }

        var (low, high, measured) = (Least, Most, steps.MeasuredSeconds);
        for (var i = 0; i < Halvings; i++)
        {
            // The time rises with the factor, so halving finds it.
            var middle = Math.Sqrt(low * high);
            (low, high) = steps.PredictedSeconds(middle) < measured ? (middle, high) : (low, middle);
        }

        var factor = Math.Sqrt(low * high);
        return new ServiceFit(factor, SpreadOf(steps.RequestRatios(factor)));
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
