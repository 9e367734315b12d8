using System.Text.Json.Nodes;
using SimServe.GpuBackend.Images;

namespace SimServe.Cli.Tests;

/// <summary>The main job, small, once and for real: what it prints and what it leaves.</summary>
public sealed class ValidateTests : IDisposable
{
    private const int Requests = 6;

    private static readonly string[] Worlds = ["simulated", "measured", "baseline simulated", "baseline measured"];

    private static readonly string[] Metrics =
    [
        "latency, mean", "latency, p50", "latency, p95", "latency, p99", "queueing time, mean", "queueing time, p95",
        "throughput", "batch size, mean", "cache loaded", "requests failed",
    ];

    private Job _job = null!;

    [OneTimeSetUp]
    public void RunTheJob() => _job = Job.Run("--set", $"workload.requests={Requests}", "--set", "workload.ratePerSecond=2");

    public void Dispose() => _job?.Dispose();

    // On a noisy machine so few requests may not show which policy is better: the exit code and the last word only have to agree.
    [Test]
    public void The_exit_code_is_the_verdict()
    {
        var verdict = _job.Lines.Single(static line => line.StartsWith("verdict ", StringComparison.Ordinal));
        Assert.That(_job.Result.ExitCode, Is.EqualTo(verdict.Contains("does NOT have", StringComparison.Ordinal) ? 1 : 0), _job.Result.ToString());
        Assert.That((bool)_job.Json("summary.json")["beatsBaseline"]!, Is.EqualTo(_job.Result.ExitCode == 0));
    }

    [Test]
    public void The_table_has_every_metric_in_both_worlds_with_its_error()
    {
        foreach (var metric in Metrics)
        {
            Assert.That(_job.Rows(metric)[0], Has.Length.EqualTo(7).And.All.Not.Empty, metric);
        }

        foreach (var metric in new[] { "latency, mean", "latency, p95", "queueing time, mean", "throughput" })
        {
            Assert.That(_job.Rows(metric)[1], Has.Length.EqualTo(9).And.All.Not.Empty, $"{metric} of the baseline");
        }

        Assert.That(_job.Rows("requests failed")[0], Is.EqualTo(new[] { "requests failed", "requests", "0", "0", "0.0%", "0", "0.0%" }));
    }

    [TestCase("decisions ")]
    [TestCase("replay      ")]
    [TestCase("steps       predicted ")]
    [TestCase("pace        computation took ")]
    [TestCase("images      optimal against full over 6 images: SSIM ")]
    [TestCase("naive crop  of the first 6 by their masked tokens alone: SSIM mean ")]
    [TestCase("written ")]
    public void What_is_said_below_the_tables_is_there(string start) =>
        Assert.That(_job.Lines.Count(line => line.StartsWith(start, StringComparison.Ordinal)), Is.EqualTo(1), _job.Result.Output);

    [Test]
    public void The_loop_in_virtual_time_decides_every_step_as_the_real_run_did() =>
        Assert.That(_job.Lines, Has.One.Matches(@"^replay      (\d+) of \1 steps decided alike by the loop in virtual time with the real run's times$"));

    [Test]
    public void Progress_goes_to_standard_error_and_results_to_standard_output()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_job.Result.Error, Does.Contain("serving the workload on 2 workers"));
            Assert.That(_job.Result.Output, Does.Not.Contain("serving the workload on"));
            Assert.That(_job.Result.Error, Does.Not.Contain("│"));
        }
    }

    [Test]
    public void The_folder_has_these_files_and_no_others() =>
        Assert.That(_job.Files(), Is.EquivalentTo((string[])
        [
            "decisions.jsonl", "edits.png", "latency.png", "profile.json", "requests.parquet", "resolved-scenario.json", "summary.json", "trace.json",
            .. Enumerable.Range(0, Requests).SelectMany(static edit => new[] { $"images/edit-{edit}-template.png", $"images/edit-{edit}-optimal.png", $"images/edit-{edit}-full-baseline.png" }),
        ]));

    [Test]
    public void The_summary_has_the_metrics_of_both_policies()
    {
        var summary = _job.Json("summary.json");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)summary["schema"]!, Is.EqualTo(1));
            Assert.That((int)summary["requests"]!, Is.EqualTo(Requests));
            Assert.That(summary["metrics"]!.AsArray().Select(static row => (string)row!["metric"]!), Is.EqualTo(Metrics));
            Assert.That(summary["baselineMetrics"]!.AsArray(), Has.Count.EqualTo(Metrics.Length));
            Assert.That(_job.Metric("latency, mean").Simulated, Is.Positive);
            Assert.That(_job.Metric("latency, mean").Measured, Is.Positive);
            Assert.That(summary["failures"]!.AsArray(), Is.Empty);
        }
    }

    [Test]
    public void Requests_are_rows_of_every_run()
    {
        var rows = _job.Requests();
        Assert.That(rows, Has.Length.EqualTo(4 * Requests));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows.GroupBy(static row => row.Run).Select(static run => (run.Key, run.Count())), Is.EqualTo(Worlds.Select(static world => (world, Requests))));
            Assert.That(rows.Select(static row => row.Outcome), Has.All.EqualTo("Completed"));
            Assert.That(
                rows.Where(static row => !(row.ArrivedSeconds <= row.StartedSeconds
                    && row.StartedSeconds < row.DenoisedSeconds && row.DenoisedSeconds <= row.FinishedSeconds)),
                Is.Empty);
        }
    }

    [Test]
    public void The_same_requests_arrive_in_every_run() =>
        Assert.That(
            _job.Requests().GroupBy(static row => row.Request).Select(static rows => rows.Select(static row => (row.Template, row.MaskRatio, row.Steps)).Distinct().Count()),
            Has.All.EqualTo(1));

    [Test]
    public void The_trace_names_every_run_and_has_its_batches()
    {
        var events = _job.Json("trace.json")["traceEvents"]!.AsArray();
        Assert.That(
            events.Where(static step => (string)step!["ph"]! == "M").Select(static step => (string)step!["args"]!["name"]!), Is.EqualTo(Worlds));
        var batches = events.Where(static step => (string)step!["ph"]! == "X").ToArray();
        Assert.That(batches.Select(static batch => (int)batch!["pid"]!).Distinct(), Is.EquivalentTo(new[] { 1, 2, 3, 4 }));
        Assert.That(batches.Select(static batch => (double)batch!["dur"]!), Has.All.Positive);
    }

    [Test]
    public void Every_request_has_a_routing_decision_in_both_worlds()
    {
        var decisions = File.ReadLines(_job.PathOf("decisions.jsonl")).Select(static line => JsonNode.Parse(line)!).ToArray();
        foreach (var world in Worlds[..2])
        {
            Assert.That(
                decisions.Where(line => (string)line["world"]! == world && (string)line["kind"]! == "routing").Select(static line => (int)line["request"]!),
                Is.EquivalentTo(Enumerable.Range(0, Requests)));
        }
    }

    [Test]
    public void Pictures_are_PNG_of_the_right_size()
    {
        foreach (var file in _job.Files().Where(static file => file.EndsWith(".png", StringComparison.Ordinal)))
        {
            var image = PngFile.Read(_job.PathOf(file));
            Assert.That((image.Width, image.Height), Is.EqualTo(file switch { "latency.png" => (960, 540), "edits.png" => (872, 1162), _ => (64, 64) }), file);
        }
    }

    [TestCase(0, "sand-circle")]
    [TestCase(1, "grass-diamond")]
    [TestCase(2, "stone-square")]
    [TestCase(4, "grass-corner")]
    public void An_edit_leaves_every_pixel_outside_its_mask_as_it_was(int edit, string name)
    {
        var template = PngFile.Read(Repository.PathOf($"experiments/quickstart/templates/{name.Split('-')[0]}.png"));
        var mask = PngFile.ReadMask(Repository.PathOf($"experiments/quickstart/masks/{name}.png"));
        var edited = PngFile.Read(_job.PathOf($"images/edit-{edit}-optimal.png"));
        var (changedInside, changedOutside) = (0, 0);
        for (var pixel = 0; pixel < mask.Edited.Length; pixel++)
        {
            if (!template.Pixels.Slice(3 * pixel, 3).SequenceEqual(edited.Pixels.Slice(3 * pixel, 3)))
            {
                (changedInside, changedOutside) = mask.Edited[pixel] ? (changedInside + 1, changedOutside) : (changedInside, changedOutside + 1);
            }
        }

        Assert.That((changedInside, changedOutside), Is.EqualTo((changedInside, 0)));
        Assert.That(changedInside, Is.Positive);
    }

    [Test]
    public void The_resolved_scenario_has_the_settings_and_no_path_of_this_machine()
    {
        var resolved = _job.Json("resolved-scenario.json");
        Assert.That((int)resolved["workload"]!["requests"]!, Is.EqualTo(Requests));
        Assert.That((string)resolved["templates"]![0]!["image"]!, Is.EqualTo("sand.png"));
    }

    [Test]
    public void Its_profile_can_be_simulated_and_the_same_way_twice()
    {
        var profile = _job.PathOf("profile.json");
        using var folder = new ScenarioFolder();
        string Simulate(string name)
        {
            var result = SimServeProcess.Run(
                "simulate", Repository.Quickstart, "--profile", profile, "--out", folder.PathOf(name), "--set", "fleet.workers=4", "--set", "workload.requests=200");
            Assert.That(result.ExitCode, Is.Zero, result.ToString());
            Assert.That(result.Output, Does.Contain("200 requests on 4 workers").And.Contain("│ latency, mean "));
            return File.ReadAllText(Path.Combine(folder.PathOf(name), "trace.json"));
        }

        Assert.That(Simulate("first"), Is.EqualTo(Simulate("second")));
    }
}
