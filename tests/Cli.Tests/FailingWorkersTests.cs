using System.Text.Json.Nodes;

namespace SimServe.Cli.Tests;

/// <summary>Devices that fail in the middle of a run: their requests fail visibly, the rest is served and reported.</summary>
public sealed class FailingWorkersTests
{
    private const int Requests = 20;

    private static readonly string[] Worlds = ["simulated", "measured", "baseline simulated", "baseline measured"];

    // More than two workers can keep up with, half of it for each of them: both are at work when one fails.
    private static readonly string[] Small =
    [
        "--set", $"workload.requests={Requests}", "--set", "workload.ratePerSecond=100", "--set", "steps=40",
        "--set", "policies.routing=round-robin", "--set", "policies.maxBatchSize=2",
    ];

    [Test]
    public void One_worker_fails_and_the_others_serve_the_rest()
    {
        using var job = Job.Run([.. Small, "--set", "faults=[{\"worker\":1,\"atSeconds\":0.4}]"]);
        Assert.That(job.Result.ExitCode, Is.AnyOf(0, 1), job.Result.ToString());
        var rows = job.Requests();
        var failed = Worlds.Select(world => rows.Count(row => row.Run == world && row.Outcome == "Failed")).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows, Has.Length.EqualTo(4 * Requests));
            Assert.That(failed, Has.All.InRange(1, Requests - 1), "in every run some fail and some are served");
            Assert.That(
                rows.Where(static row => row.Outcome == "Failed").Select(static row => (row.Worker, row.Failure)),
                Has.All.EqualTo((1, "cpu:1 failed: it failed as the scenario asks")));
            Assert.That(job.Metric("requests failed"), Is.EqualTo(((double)failed[0], (double)failed[1])));
            Assert.That(job.Metric("requests failed", "baselineMetrics"), Is.EqualTo(((double)failed[2], (double)failed[3])));
            Assert.That(job.Rows("requests failed")[0][2..4], Is.EqualTo(new[] { $"{failed[0]}", $"{failed[1]}" }));
            Assert.That(
                job.Json("summary.json")["failures"]!.AsArray().Select(static fault => ((string)fault!["world"]!, (string)fault["device"]!)),
                Is.EqualTo(Worlds.Select(static world => (world, "cpu:1"))));
        }

        foreach (var (world, count) in Worlds.Zip(failed))
        {
            Assert.That(job.Lines, Has.One.StartsWith($"failure     {world}: {count} of {Requests} requests failed, {Requests - count} were served; cpu:1 failed at "));
        }
    }

    [Test]
    public void All_workers_fail_and_the_run_still_ends_and_reports()
    {
        using var job = Job.Run([.. Small, "--set", "faults=[{\"worker\":0,\"atSeconds\":0},{\"worker\":1,\"atSeconds\":0}]", "--format", "json"]);
        Assert.That(job.Result.ExitCode, Is.EqualTo(1), job.Result.ToString());
        var summary = JsonNode.Parse(job.Result.Output)!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(job.Result.Output, Is.EqualTo(File.ReadAllText(job.PathOf("summary.json"))), "--format json prints the summary");
            Assert.That(job.Result.Output, Does.Not.Contain("NaN"));
            Assert.That(job.Metric("requests failed"), Is.EqualTo(((double)Requests, (double)Requests)));
            Assert.That((bool)summary["beatsBaseline"]!, Is.False);
            Assert.That(summary["steps"], Is.Null);
            Assert.That(summary["failures"]!.AsArray(), Has.Count.EqualTo(8), "two workers in four runs");
            Assert.That(job.Requests().Select(static row => row.Outcome), Has.All.EqualTo("Failed"));
            Assert.That(job.Requests().Select(static row => row.Failure), Has.All.Not.Empty);
            Assert.That(job.PathOf("latency.png"), Does.Exist);
        }
    }
}
