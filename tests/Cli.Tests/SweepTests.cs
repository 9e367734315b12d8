using System.Text.Json.Nodes;
using Parquet;

namespace SimServe.Cli.Tests;

/// <summary><c>sweep</c> from end to end, on the committed scenario and profile.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SweepTests : IDisposable
{
    private const string Long = """{ "policies.routing": ["round-robin", "mask-aware"], "workload.requests": [1500, 2000] }""";

    private static readonly string[] Few = ["--set", "workload.requests=60"];

    private readonly SweepFolder _folder = new();

    [Test]
    public void A_sweep_prints_a_ranked_table_a_verdict_and_its_files()
    {
        var result = _folder.Run("out", Few);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.Zero, result.ToString());
            Assert.That(result.Output, Does.StartWith("test: 4 points of 2 policies.routing x 2 workload.ratePerSecond, 4 replications each; common random numbers; ranked by mean-latency\n"));
            Assert.That(result.Output, Does.Contain("verdict     "));
            Assert.That(result.Output, Does.Contain("sweep.parquet, summary.parquet, sweep.csv, pareto.csv, best_topn.csv, report.html, sweep.json"));
            Assert.That(result.Error, Is.Empty, "no progress bar in a pipe");
        }
    }

    [Test]
    public void The_number_of_threads_does_not_change_a_byte()
    {
        _folder.Run("one", [.. Few, "--parallel", "1"]);
        _folder.Run("two", [.. Few, "--parallel", "2"]);
        Assert.That(_folder.Results("two"), Is.EqualTo(_folder.Results("one")));
        Assert.That(_folder.Results("one"), Has.Count.EqualTo(9), "seven files and the best scenario at each of two loads");
    }

    [Test]
    public async Task The_parquet_has_a_row_per_run_with_the_varied_keys()
    {
        _folder.Run("out", Few);
        await using var stream = File.OpenRead(_folder.PathOf("out", "sweep.parquet"));
        await using var reader = await ParquetReader.CreateAsync(stream);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(reader.Schema.Fields.Select(static field => field.Name).Take(6), Is.EqualTo(new[] { "point", "routing", "ratePerSecond", "replication", "seed", "mean_latency" }));
            Assert.That(reader.Metadata!.NumRows, Is.EqualTo(16));
        }
    }

    [Test]
    public void A_query_answers_from_the_runs_what_the_summary_says()
    {
        _folder.Run("out", Few);
        var result = _folder.Run("out", "--format", "json", "--query", "select p.point, avg(r.p95_latency) a, any_value(p.p95_latency) b, count(distinct seed)::int seeds from runs r join points p using (point) group by p.point order by 1");
        var rows = JsonNode.Parse(result.Output)!.AsArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.Zero, result.ToString());
            Assert.That(rows.Select(static row => (int)row!["point"]!), Is.EqualTo(new[] { 0, 1, 2, 3 }));
            Assert.That(rows.Select(static row => (double)row!["a"]!), Is.EqualTo(rows.Select(static row => (double)row!["b"]!)).Within(1e-12));
            Assert.That(rows.Select(static row => (int)row!["seeds"]!), Is.All.EqualTo(4));
        }

        var table = _folder.Run("out", "--query", "select routing, count(*) n from runs group by routing order by routing");
        Assert.That(table.Output, Does.Match("mask-aware │ 8").And.Match("round-robin │ 8"));
        var wrong = _folder.Run("out", "--query", "select speed from runs");
        Assert.That(wrong.ExitCode, Is.EqualTo(2));
        Assert.That(wrong.Faults.Single(), Does.StartWith("--query: found \"select speed from runs\"").And.Contain("speed"));
    }

    [Test]
    public void A_query_needs_a_finished_sweep()
    {
        var result = _folder.Run("out", "--query", "select 1");
        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Faults.Single(), Does.Contain("where no sweep is finished"));
    }

    [Test]
    public void The_best_point_is_a_scenario_that_simulate_takes()
    {
        _folder.Run("out", Few);
        var best = Directory.GetFiles(_folder.PathOf("out", "best"))[0];
        var result = SimServeProcess.Run("simulate", best, "--profile", "profiles/cpu-flux-nano.json", "--out", _folder.PathOf("simulated"));
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Output, Does.StartWith($"test-{Path.GetFileNameWithoutExtension(best)}: 60 requests on 4 workers"));
    }

    [Test]
    public void A_killed_sweep_resumed_has_the_same_bytes_as_an_unbroken_one()
    {
        _folder.Write(Long, 6);
        using (var process = _folder.Start("killed", 4, "--parallel", "2"))
        {
            process.Kill();
        }

        var survived = _folder.Journal("killed").Length - 1;
        Assert.That(survived, Is.InRange(3, 23), "it was killed in the middle");
        var refused = _folder.Run("killed");
        var resumed = _folder.Run("killed", "--resume", "--parallel", "1");
        _folder.Run("unbroken");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.ExitCode, Is.EqualTo(2), refused.ToString());
            Assert.That(refused.Faults.Single(), Does.StartWith("--out: found ").And.Contain("of 24 finished runs of an interrupted sweep"));
            Assert.That(resumed.ExitCode, Is.Zero, resumed.ToString());
            Assert.That(resumed.Error, Does.Match("^[0-9]+ of 24 runs were finished already."));
            Assert.That(_folder.Results("killed"), Is.EqualTo(_folder.Results("unbroken")));
        }
    }

    [Test]
    [Platform("Unix")]
    public void Ctrl_C_keeps_what_is_finished_and_says_how_to_go_on()
    {
        _folder.Write(Long, 6);
        using var process = _folder.Start("out", 3, "--parallel", "1");
        process.Interrupt();
        var result = process.Wait(TimeSpan.FromSeconds(60));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(130), result.ToString());
            Assert.That(result.Error, Does.Match("[0-9]+ of 24 runs are finished and kept; the same command with --resume does the rest.\nCancelled.\n$"));
            Assert.That(_folder.Journal("out"), Has.Length.GreaterThan(3));
        }
    }

    [Test]
    public void The_folder_of_another_sweep_is_refused()
    {
        _folder.Run("out", Few);
        _folder.Write("""{ "policies.routing": ["round-robin", "least-requests"] }""", 4);
        var result = _folder.Run("out", [.. Few, "--resume"]);
        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Faults.Single(), Does.StartWith("--resume: found runs of another sweep, \"test\""));
    }

    [Test]
    public void All_bad_points_are_listed_before_anything_runs()
    {
        _folder.Write("""{ "policies.routing": ["round-robin", "shortest"], "fleet.workers": [0, 4], "polices.pipeline": ["full"] }""", 2);
        var result = _folder.Run("out", "--parallel", "0", "--set", "fleet.workers=3");
        var after = _folder.Run("out");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Faults.Select(static fault => fault.Split(':')[0]), Is.EqualTo(new[] { "--parallel", "--set" }));
            Assert.That(after.ExitCode, Is.EqualTo(2));
            Assert.That(after.Faults.Select(static fault => fault.Split(':')[0]), Is.EquivalentTo(new[] { "fleet.workers", "polices", "policies.routing" }));
            Assert.That(Directory.Exists(_folder.PathOf("out")), Is.False);
        }
    }

    [Test]
    public void An_objective_that_no_point_meets_exits_with_1()
    {
        _folder.Write("""{ "workload.ratePerSecond": [8, 16] }""", 3, ", \"goal\": { \"metric\": \"p95-latency\", \"objective\": 0.001 }");
        var result = _folder.Run("out", Few);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
            Assert.That(result.Output, Does.Contain("verdict     0 of 2 points have a p95-latency of at most 0.001 s."));
            Assert.That((string)_folder.Json("out")["goal"]!["metric"]!, Is.EqualTo("p95-latency"));
        }
    }

    public void Dispose() => _folder.Dispose();
}
