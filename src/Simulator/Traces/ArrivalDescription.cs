using System.Globalization;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using SimServe.Simulator.Statistics;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Traces;

/// <summary>How the requests of a trace are spread over time.</summary>
/// <param name="SpanSeconds">From the first arrival to the last, seconds.</param>
/// <param name="RatePerSecond">Gaps over span, requests/s; 0 when there is no span.</param>
/// <param name="GapVariation">Coefficient of variation of the gaps: 1 for a Poisson process.</param>
/// <param name="MinuteDispersion">Variance over mean of the arrivals in whole minutes: 1 for a Poisson process; 0 below two whole minutes.</param>
/// <param name="MostPerMinute">Most arrivals in one of those minutes.</param>
/// <param name="Fits">Gap distributions of the trace's mean and variation, the nearest first; distances allow for the rounding of the trace's times.</param>
public sealed record ArrivalDescription(
    double SpanSeconds, double RatePerSecond, double GapVariation, double MinuteDispersion, int MostPerMinute, IReadOnlyList<DistributionFit> Fits)
{
    private const double Minute = 60;

    // What the times of traces are rounded to, coarsest first.
    private static readonly long[] Grids = [TimeSpan.TicksPerSecond, TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerMicrosecond, 1];

    internal static ArrivalDescription Of(IReadOnlyList<long> ticks)
    {
        double[] arrivals = [.. ticks.Select(static tick => (double)tick / TimeSpan.TicksPerSecond)];
        var grid = (double)Grids.First(candidate => ticks.All(tick => (tick - ticks[0]) % candidate == 0)) / TimeSpan.TicksPerSecond;
        var span = arrivals[^1] - arrivals[0];
        double[] gaps = [.. arrivals.Skip(1).Zip(arrivals, static (later, earlier) => later - earlier).Order()];
        var rate = span > 0 ? gaps.Length / span : 0;
        var variation = span > 0 ? gaps.PopulationStandardDeviation() * rate : 0;
        var minutes = Minutes(arrivals, span);
        return new ArrivalDescription(
            span, rate, variation,
            minutes.Length > 1 ? minutes.Select(static count => (double)count).PopulationVariance() / minutes.Average() : 0,
            minutes.DefaultIfEmpty(0).Max(),
            span > 0 ? [.. Fit(gaps, grid, rate, variation).OrderBy(static fit => fit.Distance)] : []);
    }

    private static int[] Minutes(double[] arrivals, double span)
    {
        var counts = new int[(int)(span / Minute)];
        foreach (var minute in arrivals.Select(arrival => (int)((arrival - arrivals[0]) / Minute)).Where(minute => minute < counts.Length))
        {
            counts[minute]++;
        }

        return counts;
    }

    private static IEnumerable<DistributionFit> Fit(double[] gaps, double grid, double rate, double variation)
    {
        yield return Measure("""{"kind":"poisson"}""", gap => Exponential.CDF(rate, gap));
        if (variation is >= ArrivalChecks.LeastVariation and <= ArrivalChecks.MostVariation)
        {
            var written = variation.ToString("0.####", CultureInfo.InvariantCulture);
            var (gamma, weibull) = (1 / (variation * variation), WeibullShape.Of(variation));
            var scale = 1 / (rate * WeibullShape.MeanOverScale(weibull));
            yield return Measure($$"""{"kind":"gamma","coefficientOfVariation":{{written}}}""", gap => Gamma.CDF(gamma, gamma * rate, gap));
            yield return Measure($$"""{"kind":"weibull","coefficientOfVariation":{{written}}}""", gap => Weibull.CDF(weibull, scale, gap));
        }

        DistributionFit Measure(string name, Func<double, double> cumulative) => new(name, KolmogorovSmirnov.DistanceOfRounded(gaps, grid, cumulative));
    }
}
