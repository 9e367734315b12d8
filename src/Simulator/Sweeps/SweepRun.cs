using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Sweeps;

/// <summary>What the metrics of a sweep are read from.</summary>
/// <param name="Metrics">The numbers of the run.</param>
/// <param name="Workers">Workers of the fleet.</param>
public sealed record SweepRun(RunMetrics Metrics, int Workers)
{
    /// <summary>Share of the requests with a latency objective that met it, from 0 to 1; null where no request had one.</summary>
    public double? Attainment { get; init; }

    /// <summary>Price of the fleet, dollars per hour; null where it is not known.</summary>
    public double? DollarsPerHour { get; init; }
}
