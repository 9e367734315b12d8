using MathNet.Numerics.Distributions;
using MathNet.Numerics.RootFinding;
using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>A Poisson process whose rate swings around its mean: mean * (1 + amplitude * sin(2 pi t / period)), as between day and night.</summary>
/// <remarks>
/// By inversion: one exponential number is drawn per request, and Brent's method finds when the area under the rate has grown by it. The
/// run starts at the mean rate, which rises.
/// </remarks>
public sealed class DiurnalArrivals : IArrivalProcess
{
    private const double Accuracy = 1e-12;
    private const int MostIterations = 1000;

    private readonly double _mean;
    private readonly TimeSpan _period;
    private readonly double _swing;

    // Made once, not once per request.
    private readonly Func<double, double> _missingArea;
    private double _wanted;
    private double _phase;

    /// <summary>Creates the process.</summary>
    /// <param name="requestsPerSecond">Mean rate in requests/s, finite and greater than 0.</param>
    /// <param name="relativeAmplitude">Greatest distance of the rate from its mean, over the mean: from 0 to 1.</param>
    /// <param name="period">Time from peak to peak, greater than zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public DiurnalArrivals(double requestsPerSecond, double relativeAmplitude, TimeSpan period)
    {
        ArrivalChecks.Positive(requestsPerSecond);
        ArrivalChecks.Share(relativeAmplitude);
        ArrivalChecks.Positive(period.TotalSeconds, nameof(period));
        (_mean, _period) = (requestsPerSecond, period);
        _swing = relativeAmplitude * period.TotalSeconds / (2 * Math.PI);
        _missingArea = MissingArea;
    }

    /// <inheritdoc/>
    public Instant Next(Instant previous, RandomStream random)
    {
        // Seconds at the mean rate: how far the area under the rate must grow, over the mean.
        _wanted = Exponential.Sample(random, _mean);
        _phase = 2 * Math.PI * (previous.Ticks % _period.Ticks) / _period.Ticks;

        // The area is never further than two swings from that of the mean; the margin keeps rounding from taking the root out of the bracket.
        var reach = (2 * _swing * (1 + 1e-9)) + ((_wanted + 1e-3) * 1e-9);
        var gap = Brent.FindRoot(_missingArea, Math.Max(0, _wanted - reach), _wanted + reach, Accuracy, MostIterations);
        return previous + Duration.FromSeconds(gap);
    }

    private double MissingArea(double seconds) =>
        seconds - _wanted + (_swing * (Math.Cos(_phase) - Math.Cos(_phase + (2 * Math.PI * seconds / _period.TotalSeconds))));
}
