using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>A rate that swings around the workload's like a sine, see <see cref="DiurnalArrivals"/>.</summary>
/// <param name="RelativeAmplitude">Greatest distance of the rate from its mean, over the mean: from 0 to 1.</param>
/// <param name="PeriodSeconds">Time from peak to peak in seconds, greater than 0.</param>
public sealed record DiurnalPattern(double RelativeAmplitude, double PeriodSeconds) : ArrivalPattern
{
    /// <summary>Name in scenario files.</summary>
    public const string Kind = "diurnal";

    /// <inheritdoc/>
    public override IArrivalProcess Create(double requestsPerSecond) =>
        new DiurnalArrivals(requestsPerSecond, RelativeAmplitude, Duration.FromSeconds(PeriodSeconds));
}
