using System.Text.Json.Nodes;
using Parquet.Serialization;
using SimServe.Simulator.Reports;

namespace SimServe.Cli.Tests;

/// <summary><c>run</c> from end to end: a scenario on real workers, and beside its simulation.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class RunTests : IDisposable
{
    private const string Profile = "profiles/cpu-flux-nano.json";

    private static readonly string[] Short = ["--set", "workload.requests=8", "--set", "steps=4"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-run-");
    private CommandResult? _result;

    [OneTimeSetUp]
    public void Serve() => _result = SimServeProcess.Run(["run", Repository.Pictures, "--profile", Profile, "--out", PathOf("measured"), "--decisions", .. Short]);

    [Test]
    public void A_real_run_leaves_the_files_of_a_simulated_one()
    {
        using var file = File.OpenRead(PathOf("measured/requests.parquet"));
        var rows = ParquetSerializer.DeserializeAsync<RequestRow>(file).GetAwaiter().GetResult().Data;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_result!.ExitCode, Is.Zero, _result.ToString());
            Assert.That(_result.Output, Does.StartWith("pictures: 8 requests on 2 CPU workers, for real").And.Contain("latency, mean").And.Contain("floor       steps took "));
            Assert.That((double)JsonNode.Parse(File.ReadAllText(PathOf("measured/steps.json")))!["floorSeconds"]!, Is.Positive);
            Assert.That(Directory.GetFiles(PathOf("measured")).Select(Path.GetFileName), Is.EquivalentTo(new[]
            {
                "requests.parquet", "trace.json", "decisions.jsonl", "timeseries.parquet", "summary.json", "summary.csv", "report.html", "resolved-scenario.json", "profile.json", "steps.json",
            }));
            Assert.That(rows.Select(static row => (row.Run, row.Outcome)).ToList(), Has.Count.EqualTo(8).And.All.EqualTo(("measured", "Completed")));
            Assert.That((int)JsonNode.Parse(File.ReadAllText(PathOf("measured/summary.json")))!["metrics"]!["completed_requests"]!, Is.EqualTo(8));
            Assert.That(File.ReadAllText(PathOf("measured/report.html")), Does.Contain("a real run on cpu"));
        }
    }

    [Test]
    public void Its_trace_lies_beside_that_of_its_simulation()
    {
        Assert.That(SimServeProcess.Run(["simulate", Repository.Pictures, "--profile", Profile, "--no-baseline", "--out", PathOf("simulated"), .. Short]).ExitCode, Is.LessThan(2));
        var read = JsonNode.Parse(SimServeProcess.Run("trace", "diff", PathOf("simulated/trace.json"), PathOf("measured/trace.json"), "--format", "json").Output)!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(((int)read["completed"]!, (int)read["onlyFirst"]!, (int)read["onlySecond"]!), Is.EqualTo((8, 0, 0)));
            Assert.That((string)read["names"]![1]!, Is.EqualTo("measured"));
            Assert.That((double)read["second"]!["stepSeconds"]!, Is.Positive);
        }
    }

    [Test]
    public void Faults_are_told_at_once_and_a_missing_device_by_its_exit_code()
    {
        var result = SimServeProcess.Run("run", Repository.Pictures, "--goal", "2", "--set", "steps=0", "--out", PathOf("none"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((result.ExitCode, result.Faults.Length), Is.EqualTo((2, 2)), result.ToString());
            Assert.That(Directory.Exists(PathOf("none")), Is.False);
            Assert.That(SimServeProcess.Run("run", Repository.Pictures, "--device", "cuda").ExitCode, Is.EqualTo(3));
        }
    }

    // Memory for one of three templates.
    [Test]
    public void Templates_lie_in_the_users_folder_are_taken_from_there_and_a_spoilt_file_is_told_and_made_anew()
    {
        string[] cached =
        [
            "run", Repository.Pictures, "--profile", Profile, "--out", PathOf("cached"), "--cache", PathOf("templates"), "--goal", "0.001", "--set", "steps=4", "--set", "workload.requests=12",
            "--set", """fleet.host={"memoryBytes":1.1e7,"eviction":"lfu"}""",

            // One at a time, so that no template is in use when the next one needs its room.
            "--set", "fleet.workers=1", "--set", "policies.maxBatchSize=1",
        ];
        JsonNode Caches() => JsonNode.Parse(File.ReadAllText(PathOf("cached/summary.json")))!["run"]!["caches"]!;
        long Count(string name) => (long)Caches()[name]!;

        var first = SimServeProcess.Run(cached);
        var (files, fetched, evicted) = (Directory.GetFiles(PathOf("templates")), Count("store_fetches"), Count("host_evictions"));
        var bytes = File.ReadAllBytes(files[0]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(files[0], bytes);
        var second = SimServeProcess.Run(cached);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((first.ExitCode, second.ExitCode), Is.EqualTo((0, 0)), $"{first}{second}");
            Assert.That(files, Has.Length.EqualTo(3));
            Assert.That(new[] { fetched, evicted }, Has.All.Positive);
            Assert.That(first.Output, Does.Match(@"caches +\d+\.\d% of 12 requests needed no wait for their template; hosts fetched 0 from disk, 0 from peers, \d+ from the store"));
            Assert.That((Count("rebuilt_files"), Count("recordings")), Is.EqualTo((1, 1)));
            Assert.That(second.Output, Does.Contain($"cache file  {files[0]}: the bytes of ").And.Contain("recorded anew"));
        }
    }

    [Test]
    public void Where_neither_memory_nor_disk_has_room_templates_are_recorded_anew()
    {
        var result = SimServeProcess.Run(
            "run", "experiments/template-caches/scenario.json", "--out", PathOf("caches"), "--goal", "0.001", "--set", "profileSeconds=2", "--set", "workload.requests=40", "--set", "fleet.host.memoryBytes=1.3e7", "--set", "fleet.host.diskBytes=2e7");
        var caches = JsonNode.Parse(File.ReadAllText(PathOf("caches/summary.json")))!["run"]!["caches"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.Zero, result.ToString());
            Assert.That(new[] { "host_evictions", "disk_fetches", "recordings", "bytes_fetched" }.Select(name => (long)caches[name]!), Has.All.Positive);
            Assert.That((long)caches["store_fetches"]!, Is.Zero);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
