using MathNet.Numerics.Distributions;

namespace SimServe.Simulator.Metrics;

/// <summary>Confidence intervals in closed form.</summary>
public static class Confidence
{
    private const double UpperTail95 = 0.975;

    /// <summary>Half the width of the 95 % confidence interval of a mean (Student's t).</summary>
    /// <param name="count">Number of independent samples, 0 or more.</param>
    /// <param name="standardDeviation">Their standard deviation, at least 0, in any unit.</param>
    /// <returns>In the same unit; null for fewer than 2 samples.</returns>
    public static double? MeanHalfWidth95(int count, double standardDeviation) => HalfWidth(count, standardDeviation, UpperTail95);

    /// <summary>Half the width of the confidence interval of a mean (Student's t).</summary>
    /// <param name="count">Number of independent samples, 0 or more.</param>
    /// <param name="standardDeviation">Their standard deviation, at least 0, in any unit.</param>
    /// <param name="error">Probability that the interval misses the mean, both sides together; above 0, below 1.</param>
    /// <returns>In the same unit; null for fewer than 2 samples.</returns>
    public static double? MeanHalfWidth(int count, double standardDeviation, double error)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(error);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(error, 1);
        return HalfWidth(count, standardDeviation, 1 - (error / 2));
    }

    /// <summary>The 95 % confidence interval of a proportion, e.g. of requests that met their objective (Wilson's score interval).</summary>
    /// <param name="successes">From 0 to <paramref name="trials"/>.</param>
    /// <param name="trials">0 or more independent trials.</param>
    /// <returns>Bounds from 0 to 1; (0, 1) when nothing was tried.</returns>
    /// <remarks>Wilson, "Probable inference, the law of succession, and statistical inference" (1927): honest near 0 and 1 too.</remarks>
    public static (double Low, double High) Wilson95(long successes, long trials)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        if (trials == 0)
        {
            return (0, 1);
        }

        var z = Normal.InvCDF(0, 1, UpperTail95);
        var share = (double)successes / trials;
        var centre = share + (z * z / (2 * trials));
        var half = z * Math.Sqrt((share * (1 - share) / trials) + (z * z / (4.0 * trials * trials)));
        var scale = 1 + (z * z / trials);
        return (Math.Max(0, (centre - half) / scale), Math.Min(1, (centre + half) / scale));
    }

    private static double? HalfWidth(int count, double standardDeviation, double upperTail)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(standardDeviation);
        return count < 2
            ? null
            : StudentT.InvCDF(0, 1, count - 1, upperTail) * standardDeviation / Math.Sqrt(count);
    }
}
