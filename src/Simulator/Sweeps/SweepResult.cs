namespace SimServe.Simulator.Sweeps;

/// <summary>A finished sweep.</summary>
/// <param name="File">What was asked.</param>
/// <param name="Points">The points of the grid.</param>
/// <param name="Seeds">The seed of every replication, the same at all points.</param>
/// <param name="Samples">What the runs found, by point and replication.</param>
public sealed record SweepResult(
    SweepFile File, IReadOnlyList<SweepPoint> Points, IReadOnlyList<int> Seeds, IReadOnlyList<IReadOnlyList<SweepSample>> Samples)
{
    /// <summary>A metric of a point by replication; null where some replication has none.</summary>
    /// <param name="point">Index of the point.</param>
    /// <param name="metric">The metric.</param>
    public double[]? ValuesOf(int point, SweepMetric metric)
    {
        var index = metric.Index;
        var values = Samples[point].Select(sample => sample.Metrics[index]).ToArray();
        return values.All(static value => value is not null) ? [.. values.Select(static value => value!.Value)] : null;
    }
}
