namespace SimServe.Simulator.Sweeps;

/// <summary>What one run of a sweep found.</summary>
/// <param name="Metrics">The value of every <see cref="SweepMetric.All"/>; null where there is none.</param>
/// <param name="Extrapolated">Terms of the cost model that were asked outside the range of their samples.</param>
public sealed record SweepSample(IReadOnlyList<double?> Metrics, IReadOnlyList<string> Extrapolated)
{
    /// <summary>The sample of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="extrapolated">Terms that were extrapolated.</param>
    public static SweepSample Of(SweepRun run, IEnumerable<string> extrapolated) =>
        new([.. SweepMetric.All.Select(metric => metric.Of(run))], [.. extrapolated.Order(StringComparer.Ordinal)]);
}
