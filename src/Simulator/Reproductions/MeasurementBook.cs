using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reproductions;

/// <summary>Collects what an experiment gets: numbers of rows, and charts.</summary>
public sealed class MeasurementBook
{
    private readonly Dictionary<string, Measurement> _measurements = new(StringComparer.Ordinal);
    private readonly List<Chart> _charts = [];

    /// <summary>The charts, in the order in which they came.</summary>
    public IReadOnlyList<Chart> Charts => _charts;

    /// <summary>Notes a number.</summary>
    /// <param name="row">Name of its row.</param>
    /// <param name="value">The number, finite.</param>
    /// <param name="halfWidth">Half the width of its interval, or <c>null</c>.</param>
    /// <param name="finding">What varying the unknowns gave, or <c>null</c>.</param>
    /// <exception cref="ArgumentException">It is not finite, or the row has a number already.</exception>
    public void Add(string row, double value, double? halfWidth = null, string? finding = null)
    {
        if (!double.IsFinite(value) || !_measurements.TryAdd(row, new Measurement(row, value, halfWidth, finding)))
        {
            throw new ArgumentException($"The row '{row}' got {value}: a row has one finite number.", nameof(row));
        }
    }

    /// <summary>Notes a chart.</summary>
    /// <param name="chart">The chart.</param>
    public void Add(Chart chart) => _charts.Add(chart);

    /// <summary>The rows of an experiment with what was got.</summary>
    /// <param name="file">The experiment.</param>
    /// <exception cref="InvalidDataException">A number belongs to no row of the experiment.</exception>
    public IReadOnlyList<ReproducedRow> RowsOf(ExperimentFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        string[] strangers = [.. _measurements.Keys.Except(file.Rows.Select(static row => row.Id), StringComparer.Ordinal)];
        if (strangers.Length > 0)
        {
            throw new InvalidDataException($"{file.Id} computes rows that its {ExperimentReader.RowsFile} does not declare: {string.Join(", ", strangers)}. Add them there.");
        }

        return [.. file.Rows.Select(row => _measurements.TryGetValue(row.Id, out var got) ? new ReproducedRow(row, got.Value, got.HalfWidth, got.Finding) : new ReproducedRow(row, null))];
    }
}
