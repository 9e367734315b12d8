using System.Text.Json.Nodes;
using SimServe.Cli.Validation.Suites;
using SimServe.Simulator.Suites;

namespace SimServe.Cli.Tests;

/// <summary><c>validate</c> with a suite, from end to end.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class SuiteTests : IDisposable
{
    private const string Profile = "profiles/cpu-flux-nano.json";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-suite-");
    private CommandResult? _run;

    private string Suite => Path.Combine(_folder.FullName, "suite.json");

    private string Results => Path.Combine(_folder.FullName, "results");

    [OneTimeSetUp]
    public void Run()
    {
        File.WriteAllText(Suite, $$"""
            {
              "scenario": "{{Repository.PathOf("experiments/validation/scenario.json")}}", "repetitions": 2, "paceSeconds": 0.5,
              "cases": [
                { "name": "some", "load": 0.5, "set": { "workload.requests": 8 } },
                { "name": "static", "load": 0.5, "set": { "workload.requests": 8, "policies.batching": "static", "policies.maxWaitSeconds": 0.05 } },
                { "name": "interrupted", "load": 0.5, "set": { "workload.requests": 8, "policies.batching": "naive-continuous" } },
                { "name": "growing", "load": 0.5, "set": { "workload.requests": 8, "policies.scaling": { "kind": "reactive", "initial": 1, "intervalSeconds": 0.2 } } },
                { "name": "lost", "load": 0.5, "set": { "workload.requests": 8, "faults": [{ "worker": 1, "atSeconds": 0.5 }], "policies.recovery.kind": "restart" } }
              ]
            }
            """);
        _run = SimServeProcess.Run("validate", Suite, "--profile", Profile, "--out", Results);
    }

    [Test]
    public void It_prints_every_case_and_a_verdict_and_its_exit_code_is_the_verdicts()
    {
        var results = SuiteResultsFile.Read(Path.Combine(Results, SuiteReport.Results));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_run!.ExitCode, Is.EqualTo(results.Misses().Any() ? 1 : 0), _run.ToString());
            Assert.That(_run.Output, Does.Contain("some").And.Contain("static").And.Contain("growing").And.Contain("verdict"));
            Assert.That(Directory.GetFiles(Results).Select(Path.GetFileName), Is.EquivalentTo(new[] { "profile.json", "results.json", "results.md", "short.md" }));
            Assert.That(File.ReadAllText(Path.Combine(Results, "results.md")), Is.EqualTo(SuiteRows.Markdown(results) + "\n"));
        }
    }

    [Test]
    public void Replays_of_real_runs_decide_every_step_alike()
    {
        var runs = SuiteResultsFile.Read(Path.Combine(Results, SuiteReport.Results)).Cases.SelectMany(static one => one.Repetitions).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(runs, Has.Length.EqualTo(10));
            Assert.That(runs.Select(static run => (run.Agreed, run.Divergence)), Is.EqualTo(runs.Select(static run => (run.Steps, (string?)null))));
            Assert.That(runs.Select(static run => run.Steps), Has.All.GreaterThan(8));
        }
    }

    [Test]
    public void Terms_add_up_to_the_mean_latency_that_was_measured()
    {
        foreach (var one in SuiteResultsFile.Read(Path.Combine(Results, SuiteReport.Results)).Cases)
        {
            Assert.That(one.Terms.Sum(static term => term.Measured), Is.EqualTo(one.Repetitions.Average(static run => run.Measured.LatencyMean)).Within(0.1).Percent, one.Name);
        }
    }

    [Test]
    public void Its_predictions_are_the_same_when_they_are_made_again()
    {
        var result = SimServeProcess.Run("validate", Suite, "--check", Results);
        Assert.That((result.ExitCode, result.Output.Trim()), Is.EqualTo((0, "verdict     every prediction is what it was")));
    }

    [Test]
    public void Cases_that_were_never_measured_are_run_and_added_in_their_place_and_the_others_are_kept()
    {
        var before = Changed(static results => results["cases"]!.AsArray().RemoveAt(1));
        var kept = SuiteResultsFile.Read(Path.Combine(before, SuiteReport.Results)).Cases;
        SimServeProcess.Run("validate", Suite, "--add-to", before);
        var after = SuiteResultsFile.Read(Path.Combine(before, SuiteReport.Results)).Cases;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(after.Select(static one => one.Name), Is.EqualTo(new[] { "some", "static", "interrupted", "growing", "lost" }));
            Assert.That(after.Where(static one => one.Name != "static").Select(static one => one.Repetitions[0].Measured), Is.EqualTo(kept.Select(static one => one.Repetitions[0].Measured)));
            Assert.That(SimServeProcess.Run("validate", Suite, "--check", before).ExitCode, Is.Zero);
        }
    }

    [Test]
    public void Results_of_another_machine_are_not_added_to()
    {
        var result = SimServeProcess.Run("validate", Suite, "--add-to", Changed(static results => results["environment"] = "another"));
        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Faults.Single(), Does.StartWith("--add-to: found results of another; allowed: results of this machine, ").And.EndsWith("Run the whole suite here."));
    }

    [Test]
    public void A_prediction_that_changed_is_named()
    {
        var changed = Changed(static results => results["cases"]![0]!["repetitions"]![0]!["predicted"]!["latencyMean"]!["mean"] = 0.125);
        var result = SimServeProcess.Run("validate", Suite, "--check", changed);
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Output, Does.Match(@"drift +some, seed \d+: mean latency was predicted as 0\.125 \(.*\) s, and is now as ").And.Contain("verdict     1 predictions are not what they were"));
    }

    [Test]
    public void A_case_that_is_gone_or_was_never_measured_is_named()
    {
        var result = SimServeProcess.Run("validate", Suite, "--check", Changed(static results => results["cases"]![0]!["name"] = "another"));
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Output, Does.Contain("another: measured, and no case of the suite any more").And.Contain("some: a case of the suite, and never measured"));
    }

    [Test]
    public void Results_of_another_profile_are_refused()
    {
        var result = SimServeProcess.Run("validate", Suite, "--check", Changed(static results => results["profile"] = "0123"));
        Assert.That((result.ExitCode, result.Faults.Single()), Is.EqualTo((2, "--check: found a profile.json that did not predict results.json; allowed: both from one run of the suite. Run the suite again.")));
    }

    [TestCase("""{ "scenario": "gone.json", "cases": [{ "name": "a", "set": { "seed": 1 } }] }""", 2)]
    [TestCase("""{ "scenario": "{{scenario}}", "cases": [{ "name": "a", "set": { "policies.routing": "fastest" } }, { "name": "b", "set": { "policies.pipeline": "slow" } }] }""", 2)]
    public void Faults_of_a_suite_and_of_its_cases_are_told_at_once(string text, int faults)
    {
        var file = Path.Combine(_folder.FullName, "bad.json");
        File.WriteAllText(file, text.Replace("{{scenario}}", Repository.PathOf("experiments/validation/scenario.json"), StringComparison.Ordinal));
        var result = SimServeProcess.Run("validate", file);
        Assert.That((result.ExitCode, result.Faults.Length), Is.EqualTo((2, faults)), result.ToString());
    }

    [Test]
    public void A_scenario_has_no_results_to_check()
    {
        var result = SimServeProcess.Run("validate", Repository.Pictures, "--check", Results);
        Assert.That((result.ExitCode, result.Faults.Single()), Is.EqualTo((2, "--check: found a scenario; allowed: a suite, which has cases. Name the suite that the results are of.")));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Changed(Action<JsonNode> change)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N"))).FullName;
        File.Copy(Path.Combine(Results, SuiteReport.Profile), Path.Combine(folder, SuiteReport.Profile));
        var results = JsonNode.Parse(File.ReadAllText(Path.Combine(Results, SuiteReport.Results)))!;
        change(results);
        File.WriteAllText(Path.Combine(folder, SuiteReport.Results), results.ToJsonString());
        return folder;
    }
}
