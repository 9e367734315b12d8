using System.Text.Json.Nodes;

namespace SimServe.Cli.Tests;

/// <summary>A folder of its own with a sweep of the committed scenario, and the results of running it; deleted in the end.</summary>
internal sealed class SweepFolder : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-sweep-");

    // A line is somewhat shorter. The process that writes them lets nobody else read.
    private const int BytesPerLine = 400;

    public SweepFolder() => Write("""{ "policies.routing": ["round-robin", "mask-aware"], "workload.ratePerSecond": [8, 16] }""", 4);

    public string Sweep => PathOf("test.json");

    public string PathOf(params string[] names) => Path.Combine([_folder.FullName, .. names]);

    public void Write(string vary, int replications, string more = "") => File.WriteAllText(Sweep, $$"""
        {
          "name": "test", "scenario": "{{Repository.PathOf("experiments/sweep/scenario.json")}}", "profile": "{{Repository.PathOf("profiles/cpu-flux-nano.json")}}",
          "vary": {{vary}}, "replications": {{replications}}{{more}}
        }
        """);

    public CommandResult Run(string output, params string[] options) => SimServeProcess.Run(Arguments(output, options));

    // Runs until some runs are finished and, whatever the machine, some are not.
    public SimServeProcess Start(string output, int finished, params string[] options)
    {
        var process = SimServeProcess.StartInterruptible(Arguments(output, options));
        var journal = new FileInfo(PathOf(output, "runs.jsonl"));
        Assert.That(
            () =>
            {
                journal.Refresh();
                return journal.Exists ? journal.Length : 0;
            },
            Is.GreaterThan(BytesPerLine * (finished + 1)).After((int)Longest.TotalMilliseconds, 5));
        return process;
    }

    // A header and one line a run.
    public string[] Journal(string output) => CommandResult.Lines(File.ReadAllText(PathOf(output, "runs.jsonl")));

    public JsonNode Json(string output) => JsonNode.Parse(File.ReadAllText(PathOf(output, "sweep.json")))!;

    // Every result by name; the journal is in order of time and no result.
    public Dictionary<string, byte[]> Results(string output) => Directory
        .EnumerateFiles(PathOf(output), "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(PathOf(output), file))
        .Where(static name => name != "runs.jsonl")
        .ToDictionary(static name => name, name => File.ReadAllBytes(PathOf(output, name)));

    public void Dispose() => _folder.Delete(recursive: true);

    private string[] Arguments(string output, string[] options) => ["sweep", Sweep, "--out", PathOf(output), .. options];
}
