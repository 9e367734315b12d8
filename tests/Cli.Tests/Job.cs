using System.Text.Json.Nodes;
using Parquet.Serialization;
using SimServe.Simulator.Reports;

namespace SimServe.Cli.Tests;

/// <summary>A real, short run of <c>validate</c> on the quickstart's scenario and the folder it left; deleted in the end.</summary>
internal sealed class Job : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("simserve-job-");

    private Job(string[] options) =>
        Result = SimServeProcess.Run(["validate", Repository.Quickstart, "--out", Folder, "--set", "profileSeconds=1", .. options]);

    public CommandResult Result { get; }

    public string Folder => Path.Combine(_parent.FullName, "out");

    public string[] Lines => CommandResult.Lines(Result.Output);

    public static Job Run(params string[] options) => new(options);

    public string PathOf(string name) => Path.Combine(Folder, name);

    public JsonNode Json(string name) => JsonNode.Parse(File.ReadAllText(PathOf(name)))!;

    public RequestRow[] Requests()
    {
        using var stream = File.OpenRead(PathOf("requests.parquet"));
        return [.. ParquetSerializer.DeserializeAsync<RequestRow>(stream).GetAwaiter().GetResult().Data];
    }

    public string[] Files() =>
        [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal)];

    // The cells of a table's row, by what stands in its first one.
    public string[][] Rows(string metric) =>
        [.. Lines.Where(line => line.StartsWith($"│ {metric} ", StringComparison.Ordinal)).Select(static line => line.Trim('│').Split('│', StringSplitOptions.TrimEntries))];

    // Simulated and measured value of a metric in the summary.
    public (double Simulated, double Measured) Metric(string name, string table = "metrics")
    {
        var row = Json("summary.json")[table]!.AsArray().Single(row => (string)row!["metric"]! == name)!;
        return ((double)row["simulated"]!, (double)row["measured"]!);
    }

    public void Dispose() => _parent.Delete(recursive: true);
}
