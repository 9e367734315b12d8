using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Sweeps;

/// <summary>What the metrics of a sweep are read from.</summary>
/// <param name="Metrics">The numbers of the run.</param>
/// <param name="Workers">Workers of the fleet.</param>
public sealed record SweepRun(RunMetrics Metrics, int Workers)
{
    /// <summary>Price of the fleet, dollars per hour; null where it is not known.</summary>
    public double? DollarsPerHour { get; init; }
}
