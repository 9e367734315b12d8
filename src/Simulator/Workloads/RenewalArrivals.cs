using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>Independent gaps of one distribution: constant, gamma or Weibull. The first gap starts with the run.</summary>
/// <remarks>
/// Burstiness is the coefficient of variation of the gaps, standard deviation over mean: 1 is a Poisson process, 0 a clock. What rounding
/// to 100 ns takes from one gap is given to the next, so that the mean rate is right however short the gaps are. Serves one run.
/// </remarks>
public sealed class RenewalArrivals : IArrivalProcess
{
    private readonly Func<RandomStream, double> _gapSeconds;
    private double _carriedSeconds;

    private RenewalArrivals(Func<RandomStream, double> gapSeconds) => _gapSeconds = gapSeconds;

    /// <summary>Equal gaps; draws nothing.</summary>
    /// <param name="requestsPerSecond">Rate in requests/s, finite and greater than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is out of range.</exception>
    public static RenewalArrivals Constant(double requestsPerSecond)
    {
        ArrivalChecks.Positive(requestsPerSecond);
        return new RenewalArrivals(_ => 1 / requestsPerSecond);
    }

    /// <summary>Gamma-distributed gaps of shape 1 / variation^2 (Marsaglia and Tsang's rejection, in Math.NET).</summary>
    /// <param name="requestsPerSecond">Mean rate in requests/s, finite and greater than 0.</param>
    /// <param name="variation">Coefficient of variation of the gaps, from 0.01 to 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public static RenewalArrivals Gamma(double requestsPerSecond, double variation)
    {
        ArrivalChecks.Positive(requestsPerSecond);
        ArrivalChecks.Variation(variation);
        var shape = 1 / (variation * variation);
        return new RenewalArrivals(random => MathNet.Numerics.Distributions.Gamma.Sample(random, shape, shape * requestsPerSecond));
    }

    /// <summary>Weibull-distributed gaps; one number is drawn per request.</summary>
    /// <param name="requestsPerSecond">Mean rate in requests/s, finite and greater than 0.</param>
    /// <param name="variation">Coefficient of variation of the gaps, from 0.01 to 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public static RenewalArrivals Weibull(double requestsPerSecond, double variation)
    {
        ArrivalChecks.Positive(requestsPerSecond);
        var shape = WeibullShape.Of(variation);
        var scale = 1 / (requestsPerSecond * WeibullShape.MeanOverScale(shape));
        return new RenewalArrivals(random => MathNet.Numerics.Distributions.Weibull.Sample(random, shape, scale));
    }

    /// <inheritdoc/>
    public Instant Next(Instant previous, RandomStream random)
    {
        var exact = Math.Max(0, _gapSeconds(random) + _carriedSeconds);
        var gap = Duration.FromSeconds(exact);
        _carriedSeconds = exact - gap.TotalSeconds;
        return previous + gap;
    }
}
