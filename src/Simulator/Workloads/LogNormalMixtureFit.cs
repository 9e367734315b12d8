using MathNet.Numerics.Statistics;

namespace SimServe.Simulator.Workloads;

/// <summary>Fits a mixture of lognormal distributions by maximum likelihood.</summary>
/// <remarks>
/// Expectation and maximisation (Dempster, Laird and Rubin, 1977) on the logarithms, from parts at equally spaced quantiles: the same data give the same fit.
/// It ends where the mean log-likelihood grows by less than 1e-9, or after 2,000 rounds. No sigma falls below 0.02, so that no part closes in on one value.
/// </remarks>
public static class LogNormalMixtureFit
{
    private const double LeastSigma = 0.02;
    private const double LeastStart = 0.05;
    private const double LeastGain = 1e-9;
    private const int MostRounds = 2_000;

    /// <summary>The fit.</summary>
    /// <param name="values">At least ten times as many as parts, all finite and greater than 0.</param>
    /// <param name="parts">Number of lognormal distributions, at least 1.</param>
    /// <returns>The parts in ascending order of mu.</returns>
    /// <exception cref="ArgumentException">There are too few values, or some are not greater than 0.</exception>
    public static IReadOnlyList<LogNormalPart> Of(IReadOnlyList<double> values, int parts)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        if (values.Count < 10 * parts || values.Any(static value => !(double.IsFinite(value) && value > 0)))
        {
            throw new ArgumentException($"A fit of {parts} parts needs at least {10 * parts} values, all finite and greater than 0.", nameof(values));
        }

        double[] logarithms = [.. values.Select(static value => Math.Log(value)).Order()];
        var fit = Start(logarithms, parts);
        var likelihood = double.NegativeInfinity;
        for (var round = 0; round < MostRounds; round++)
        {
            var (next, reached) = Round(logarithms, fit);
            if (reached - likelihood < LeastGain)
            {
                break;
            }

            (fit, likelihood) = (next, reached);
        }

        return [.. fit.OrderBy(static part => part.Mu)];
    }

    private static LogNormalPart[] Start(double[] sorted, int parts)
    {
        // Narrow parts: wide ones that overlap at the start are apt to stay together.
        var sigma = LeastStart + ((SortedArrayStatistics.Quantile(sorted, 0.9) - SortedArrayStatistics.Quantile(sorted, 0.1)) / (2 * parts));
        return [.. Enumerable.Range(0, parts).Select(part => new LogNormalPart(1.0 / parts, SortedArrayStatistics.Quantile(sorted, (part + 0.5) / parts), sigma))];
    }

    // One round of both; the likelihood is that of the fit it starts from.
    private static (LogNormalPart[] Fit, double Likelihood) Round(double[] logarithms, LogNormalPart[] fit)
    {
        var (counts, sums, squares, densities) = (new double[fit.Length], new double[fit.Length], new double[fit.Length], new double[fit.Length]);
        var likelihood = 0.0;
        foreach (var value in logarithms)
        {
            var total = 0.0;
            for (var part = 0; part < fit.Length; part++)
            {
                var distance = (value - fit[part].Mu) / fit[part].Sigma;
                total += densities[part] = fit[part].Weight / fit[part].Sigma * Math.Exp(-distance * distance / 2);
            }

            likelihood += Math.Log(total);
            for (var part = 0; part < fit.Length; part++)
            {
                var share = densities[part] / total;
                counts[part] += share;
                sums[part] += share * value;
                squares[part] += share * value * value;
            }
        }

        LogNormalPart[] next = [.. counts.Select((count, part) => new LogNormalPart(
            count / logarithms.Length,
            sums[part] / count,
            Math.Max(LeastSigma, Math.Sqrt(Math.Max(0, (squares[part] / count) - (sums[part] / count * (sums[part] / count)))))))];
        return (next, likelihood / logarithms.Length);
    }
}
