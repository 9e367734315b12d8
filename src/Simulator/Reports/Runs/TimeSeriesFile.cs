using SimServe.Simulator.Metrics.Series;
using static SimServe.Simulator.Reports.Runs.ParquetColumns;

namespace SimServe.Simulator.Reports.Runs;

/// <summary><c>timeseries.parquet</c>: a row per slice of a run's time. Columns are those of <see cref="SliceRow"/>.</summary>
public static class TimeSeriesFile
{
    /// <summary>Name of the file in a run's folder.</summary>
    public const string FileName = "timeseries.parquet";

    /// <summary>Writes it.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="rows">The slices in order of time.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(RunFolder folder, IReadOnlyList<SliceRow> rows)
    {
        ArgumentNullException.ThrowIfNull(folder);
        using var file = folder.Open(FileName);
        using (var table = new ParquetTable<Holder>(file.Stream, Math.Max(1, rows.Count), Columns()))
        {
            foreach (var row in rows)
            {
                table.Next().Row = row;
            }

            table.Close();
        }

        file.Keep();
        folder.Kept(FileName);
    }

    private static IParquetColumn<Holder>[] Columns() =>
    [
        Of<Holder, double>(nameof(SliceRow.StartSeconds), static row => row.Row.StartSeconds),
        Of<Holder, double>(nameof(SliceRow.LengthSeconds), static row => row.Row.LengthSeconds),
        Of<Holder, long>(nameof(SliceRow.Arrivals), static row => row.Row.Arrivals),
        Of<Holder, long>(nameof(SliceRow.Completions), static row => row.Row.Completions),
        Of<Holder, double>(nameof(SliceRow.QueueLength), static row => row.Row.QueueLength),
        Of<Holder, double>(nameof(SliceRow.Running), static row => row.Row.Running),
        Of<Holder, double>(nameof(SliceRow.WorkersReady), static row => row.Row.WorkersReady),
        Optional<Holder, double>(nameof(SliceRow.BusyShare), static row => row.Row.BusyShare),
        Optional<Holder, double>(nameof(SliceRow.BatchSize), static row => row.Row.BatchSize),
        Optional<Holder, double>(nameof(SliceRow.LatencyP50Seconds), static row => row.Row.LatencyP50Seconds),
        Optional<Holder, double>(nameof(SliceRow.LatencyP99Seconds), static row => row.Row.LatencyP99Seconds),
        Of<Holder, long>(nameof(SliceRow.Bytes), static row => row.Row.Bytes),
    ];

    // Rows are immutable; the table wants something to fill.
    private sealed class Holder
    {
        public SliceRow Row { get; set; } = null!;
    }
}
