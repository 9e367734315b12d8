namespace SimServe.Simulator.Sweeps;

/// <summary>The points that no other point beats in both metrics.</summary>
public static class SweepFrontier
{
    /// <summary>Finds them.</summary>
    /// <param name="file">The sweep, which names the two metrics.</param>
    /// <param name="summaries">The metrics' summaries by point.</param>
    /// <returns>Indices of points, by the first metric from good to bad; of equals all, of points without a value none.</returns>
    public static IReadOnlyList<int> Of(SweepFile file, IReadOnlyList<IReadOnlyList<MetricSummary>> summaries)
    {
        var (cost, value) = file.Frontier;
        var points = Enumerable.Range(0, summaries.Count)
            .Where(point => Of(point, cost) is not null && Of(point, value) is not null)
            .Select(point => (Point: point, Cost: Of(point, cost)!.Value, Value: Of(point, value)!.Value))
            .OrderBy(static point => point.Cost).ThenBy(static point => point.Value).ThenBy(static point => point.Point).ToArray();
        return [.. points
            .Where(one => !points.Any(other => other.Cost <= one.Cost && other.Value <= one.Value && (other.Cost < one.Cost || other.Value < one.Value)))
            .Select(static point => point.Point)];

        // Turned so that less is better.
        double? Of(int point, SweepMetric metric) =>
            metric.HigherIsBetter ? -summaries[point][metric.Index].Mean : summaries[point][metric.Index].Mean;
    }
}
