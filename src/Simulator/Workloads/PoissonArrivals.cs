using MathNet.Numerics.Distributions;
using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>Independent exponential gaps: what many users who know nothing of each other produce, and what FlashPS is evaluated with.</summary>
/// <remarks>One exponential number is drawn per request, so at any rate the same seed gives the same arrivals, stretched.</remarks>
public sealed class PoissonArrivals : IArrivalProcess
{
    /// <summary>Name of the stream that a workload's arrivals are drawn from.</summary>
    public const string Stream = "arrivals";

    /// <summary>Creates the process.</summary>
    /// <param name="requestsPerSecond">Mean rate in requests/s, finite and greater than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not a finite number greater than 0.</exception>
    public PoissonArrivals(double requestsPerSecond)
    {
        if (!double.IsFinite(requestsPerSecond) || requestsPerSecond <= 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(requestsPerSecond), requestsPerSecond, "The arrival rate must be a finite number of requests per second greater than 0.");
        }

        RequestsPerSecond = requestsPerSecond;
    }

    /// <summary>Mean rate in requests/s.</summary>
    public double RequestsPerSecond { get; }

    /// <inheritdoc/>
    public Instant Next(Instant previous, RandomStream random) =>
        previous + Duration.FromSeconds(Exponential.Sample(random, RequestsPerSecond));
}
