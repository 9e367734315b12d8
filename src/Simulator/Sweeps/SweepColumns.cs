namespace SimServe.Simulator.Sweeps;

/// <summary>The tables of a sweep.</summary>
public static class SweepColumns
{
    /// <summary>One row a run: point, varied keys, replication, seed, metrics.</summary>
    /// <param name="result">The sweep.</param>
    public static IReadOnlyList<ParquetColumn> Runs(SweepResult result)
    {
        var replications = result.File.Replications;
        var rows = result.Points.SelectMany(point => Enumerable.Range(0, replications).Select(replication => (Point: point, Replication: replication))).ToArray();
        return
        [
            ParquetColumn.Of("point", rows.Select(static row => row.Point.Index)),
            .. Keys(result.File, [.. rows.Select(static row => row.Point)]),
            ParquetColumn.Of("replication", rows.Select(static row => row.Replication)),
            ParquetColumn.Of("seed", rows.Select(row => result.Seeds[row.Replication])),
            .. SweepMetric.All.Select((metric, index) => ParquetColumn.Of(
                metric.Column, rows.Select(row => result.Samples[row.Point.Index][row.Replication].Metrics[index]))),
        ];
    }

    /// <summary>One row a point: varied keys, replications, and of every metric its mean and half the width of its 95 % interval.</summary>
    /// <param name="result">The sweep.</param>
    /// <param name="summaries">The metrics' summaries by point.</param>
    public static IReadOnlyList<ParquetColumn> Points(SweepResult result, IReadOnlyList<IReadOnlyList<MetricSummary>> summaries) =>
    [
        ParquetColumn.Of("point", result.Points.Select(static point => point.Index)),
        .. Keys(result.File, result.Points),
        ParquetColumn.Of("replications", result.Points.Select(_ => result.File.Replications)),
        .. SweepMetric.All.SelectMany((metric, index) => new[]
        {
            ParquetColumn.Of(metric.Column, summaries.Select(point => point[index].Mean)),
            ParquetColumn.Of($"{metric.Column}_half95", summaries.Select(point => point[index].HalfWidth95)),
        }),
    ];

    private static IEnumerable<ParquetColumn> Keys(SweepFile file, IReadOnlyList<SweepPoint> rows) => file.Axes.Select((axis, index) => axis.IsNumeric
        ? ParquetColumn.Of(axis.Column, rows.Select(row => row.Values[index].Number))
        : ParquetColumn.Of(axis.Column, rows.Select(row => row.Values[index].Label)));
}
