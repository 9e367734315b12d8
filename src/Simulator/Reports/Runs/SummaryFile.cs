using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Reports.Runs;

/// <summary><c>summary.json</c> and <c>summary.csv</c>: all numbers of a run, or of its replications.</summary>
public static class SummaryFile
{
    /// <summary>Name of the JSON file in a run's folder.</summary>
    public const string JsonName = "summary.json";

    /// <summary>Name of the table in a run's folder.</summary>
    public const string CsvName = "summary.csv";

    /// <summary>Version of the JSON file; a key that changes its meaning or goes away raises it.</summary>
    public const int SchemaVersion = 2;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower), new TimeConverter() },
    };

    /// <summary>Writes both files.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="summary">The run; the first replication if there are several.</param>
    /// <param name="facts">What else the reader must know.</param>
    /// <param name="replications">All replications together, or <c>null</c> for a single run.</param>
    /// <exception cref="IOException">They cannot be written.</exception>
    public static void Write(RunFolder folder, RunSummary summary, RunFacts facts, ReplicatedMetrics? replications = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        folder.Write(JsonName, path => File.WriteAllText(path, Serialise(summary, facts, replications)));
        folder.Write(CsvName, path => File.WriteAllText(path, Table(summary, replications)));
    }

    /// <summary>The JSON file's text.</summary>
    /// <param name="summary">The run.</param>
    /// <param name="facts">What else the reader must know.</param>
    /// <param name="replications">All replications together, or <c>null</c>.</param>
    public static string Serialise(RunSummary summary, RunFacts facts, ReplicatedMetrics? replications = null) => JsonSerializer.Serialize(
        new
        {
            SchemaVersion,
            Facts = facts,
            SimulatedSeconds = summary.Window.EndSeconds,
            IsSound = replications?.Verdict.IsSound ?? summary.Verdict.IsSound,
            (replications?.Verdict ?? summary.Verdict).Failures,
            Replications = replications?.Replications ?? 1,
            Metrics = ScalarList.Of(summary).ToDictionary(static scalar => scalar.Name, static scalar => scalar.Value),
            Units = ScalarList.Of(summary).ToDictionary(static scalar => scalar.Name, static scalar => scalar.Unit),
            Intervals = replications?.Scalars.Where(static scalar => scalar.HalfWidth95 is not null).ToDictionary(
                static scalar => scalar.Name, static scalar => new { scalar.Mean, scalar.HalfWidth95, scalar.Count }),
            Run = summary,
        },
        Json) + "\n";

    private static string Table(RunSummary summary, ReplicatedMetrics? replications)
    {
        var text = new StringBuilder("metric,unit,value,half_width_95,replications\n");
        foreach (var scalar in replications?.Scalars ?? ReplicatedMetrics.Of([summary]).Scalars)
        {
            text.Append(CultureInfo.InvariantCulture, $"{scalar.Name},{scalar.Unit},{scalar.Mean},{scalar.HalfWidth95},{scalar.Count}\n");
        }

        return text.ToString();
    }
}
