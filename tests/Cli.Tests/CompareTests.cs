using System.Text.Json.Nodes;

namespace SimServe.Cli.Tests;

/// <summary><c>compare</c> from end to end, on the quickstart's scenario and a committed profile.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CompareTests : IDisposable
{
    private const string Profile = "profiles/cpu-flux-nano.json";

    // Four workers, busy enough for routing to matter.
    private static readonly string[] Busy =
        ["--set", "fleet.workers=4", "--set", "workload.ratePerSecond=4", "--set", "policies.pipeline=full"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-compare-");

    // Without reuse all requests take the same time, and the worker whose turn it is is the first to be free; counting requests does not see that.
    [Test]
    public void Round_robin_beats_least_requests_where_requests_are_alike()
    {
        var result = Compare("out", "policies.routing=round-robin,least-requests", Busy);
        var pair = Json("out")["pairs"]![0]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.Zero, result.ToString());
            Assert.That(result.Output, Does.Contain("verdict     A is better than B: round-robin has the lower mean-latency (B - A = 0."));
            Assert.That((string)pair["result"]!["verdict"]!, Is.EqualTo("firstIsLower"));
            Assert.That((double)pair["result"]!["low"]!, Is.Positive);
            Assert.That((double)pair["result"]!["varianceRemoved"]!, Is.Positive, "common random numbers must help");
            Assert.That((int)Json("out")["schema"]!, Is.EqualTo(1));
        }
    }

    [Test]
    public void The_csv_has_the_differences_that_the_verdict_is_about()
    {
        Compare("out", "policies.routing=round-robin,least-requests", Busy);
        var lines = File.ReadAllLines(PathOf("out", "differences.csv"));
        var rows = lines[1..].Select(static line => line.Split(',').Select(static cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture)).ToArray()).ToArray();
        var pair = Json("out")["pairs"]![0]!["result"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines[0], Is.EqualTo("replication,seed,A,B,B-A"));
            Assert.That(rows, Has.Length.EqualTo((int)pair["replications"]!));
            Assert.That(rows.Average(static row => row[4]), Is.EqualTo((double)pair["difference"]!).Within(1e-12));
            Assert.That(rows.Select(static row => row[1]).Distinct().Count(), Is.EqualTo(rows.Length), "every replication has its own seed");
        }
    }

    [Test]
    public void The_number_of_threads_does_not_change_a_byte()
    {
        Compare("one", "policies.routing=round-robin,least-requests,mask-aware", [.. Busy, "--parallel", "1", "--replications-max", "16"]);
        Compare("many", "policies.routing=round-robin,least-requests,mask-aware", [.. Busy, "--parallel", "7", "--replications-max", "16"]);
        foreach (var file in new[] { "comparison.json", "differences.csv" })
        {
            Assert.That(File.ReadAllBytes(PathOf("many", file)), Is.EqualTo(File.ReadAllBytes(PathOf("one", file))), file);
        }
    }

    [Test]
    public void A_variant_does_not_differ_from_itself()
    {
        var result = Compare("out", "policies.routing=round-robin,round-robin", Busy);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.Zero, result.ToString());
            Assert.That(result.Output, Does.Contain("verdict     A and B: no difference worth mentioning (B - A = 0 s, from 0 to 0, after 8 replications"));
        }
    }

    [Test]
    public void Higher_throughput_is_better()
    {
        var result = Compare("out", "fleet.workers=1,4", [.. Busy, "--metric", "throughput"]);
        Assert.That(result.Output, Does.Contain("B is better than A: 4 has the higher throughput"), result.ToString());
    }

    [Test]
    public void Too_few_replications_cannot_tell_and_exit_with_1()
    {
        var result = Compare(
            "out",
            "policies.routing=round-robin,mask-aware",
            [
                "--set", "fleet.workers=4", "--set", "workload.ratePerSecond=14", "--set", "workload.requests=60",
                "--replications-max", "8", "--confidence", "0.9999", "--indifference", "0", "--format", "json",
            ]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
            Assert.That((string)JsonNode.Parse(result.Output)!["pairs"]![0]!["says"]!, Does.Contain("A and B: cannot tell yet"));
        }
    }

    [TestCase("policies.routing=round-robin,shortest", "policies.routing: found \"shortest\"; allowed: \"")]
    [TestCase("policies.routing=round-robin", "--vary: found \"policies.routing=round-robin\"; allowed: two values or more")]
    [TestCase("policies.routing", "--vary: found \"policies.routing\"; allowed: path=a,b with a path among policies.routing, ")]
    [TestCase("seed=1,2", "--vary: found \"seed=1,2\"; allowed: path=a,b with a path among policies.routing, ")]
    [TestCase("fleet.workers=1,", "--vary: found \"fleet.workers=1,\"; allowed: two values or more")]
    public void A_bad_variation_lists_what_is_allowed(string vary, string fault)
    {
        var result = Compare("out", vary, []);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.Faults.Single(), Does.StartWith(fault));
            Assert.That(Directory.Exists(PathOf("out", "")), Is.False);
        }
    }

    [Test]
    public void All_faults_are_listed_at_once()
    {
        var result = SimServeProcess.Run(
            "compare", Repository.Pictures, "--profile", "gone.json", "--vary", "fleet.workers=0,x", "--confidence", "2", "--replications-max", "1", "--indifference", "-1", "--parallel", "0");
        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Faults.Select(static fault => fault.Split(':')[0]), Is.EqualTo(new[]
        {
            "--replications-max", "--confidence", "--indifference", "--parallel", "fleet.workers", "--profile", "fleet.workers",
        }));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private CommandResult Compare(string name, string vary, string[] options) =>
        SimServeProcess.Run(["compare", Repository.Pictures, "--profile", Profile, "--vary", vary, "--out", PathOf(name, ""), .. options]);

    private JsonNode Json(string name) => JsonNode.Parse(File.ReadAllText(PathOf(name, "comparison.json")))!;

    private string PathOf(string name, string file) => Path.Combine(_folder.FullName, name, file);
}
