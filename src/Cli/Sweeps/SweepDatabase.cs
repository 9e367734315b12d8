using System.Globalization;
using DuckDB.NET.Data;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Sweeps;

/// <summary>The Parquet files of a sweep as the tables <c>runs</c> and <c>points</c> of a DuckDB data base in memory.</summary>
internal sealed class SweepDatabase : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    private SweepDatabase() => _connection.Open();

    // Files that are not there have no table.
    public static SweepDatabase Open(string folder)
    {
        var database = new SweepDatabase();

        // Sums depend on the order of their terms: one thread, one order, the same bytes every time.
        database.Execute("SET threads = 1");
        foreach (var (table, file) in new[] { ("runs", SweepFiles.Runs), ("points", SweepFiles.Points) })
        {
            var path = Path.Combine(folder, file);
            if (File.Exists(path))
            {
                database.Execute($"CREATE VIEW {table} AS SELECT * FROM read_parquet('{path.Replace("'", "''", StringComparison.Ordinal)}')");
            }
        }

        return database;
    }

    // Every metric of every point, in the order of SweepMetric.All.
    public IReadOnlyList<IReadOnlyList<MetricSummary>> Summaries()
    {
        var columns = SweepMetric.All.Select(static metric => $"count({metric.Column}), avg({metric.Column}), stddev_samp({metric.Column})");
        var table = Run($"SELECT count(*), {string.Join(", ", columns)} FROM runs GROUP BY point ORDER BY point");
        return [.. table.Rows.Select(static row => SweepMetric.All.Select((_, index) => MetricSummary.Of(
            Convert.ToInt32(row[1 + (3 * index)], CultureInfo.InvariantCulture), Convert.ToInt32(row[0], CultureInfo.InvariantCulture), (double?)row[2 + (3 * index)], (double?)row[3 + (3 * index)])).ToArray())];
    }

    public SweepTable Query(string sql)
    {
        try
        {
            return Run(sql);
        }
        catch (DuckDBException fault)
        {
            throw new InvalidInputException("--query", [new InputFault(
                "--query", $"\"{sql}\"", "SQL over the tables runs (a row per run) and points (a row per point)", fault.Message.ReplaceLineEndings(" "))]);
        }
    }

    public void Dispose() => _connection.Dispose();

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SweepTable Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<IReadOnlyList<object?>>();
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(column => reader.IsDBNull(column) ? null : reader.GetValue(column))]);
        }

        return new SweepTable([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)], rows);
    }
}
