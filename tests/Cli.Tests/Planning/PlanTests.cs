using System.Text.Json.Nodes;

namespace SimServe.Cli.Tests.Planning;

/// <summary><c>plan</c> from end to end, on a small model that every device holds.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PlanTests : IDisposable
{
    private const string Small =
        """
        {
          "name": "small", "model": "sd15", "steps": 20, "requests": 300, "replications": 8,
          "workload": { "ratePerSecond": 20, "templates": 5 },
          "objective": { "attainment": 0.9, "seconds": 3 },
          "candidates": [ { "device": "H100" }, { "device": "A10", "pricing": "spot" } ],
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-plan-");

    [Test]
    public void A_plan_is_answered_ranked_and_explained()
    {
        var result = Plan("out", Small);
        var plan = Json("out");
        var answers = plan["answers"]!.AsArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.Zero, result.ToString());
            Assert.That(CommandResult.Lines(result.Output)[0], Is.EqualTo("small: sd15, 20 steps, 20 requests/s (Poisson), production masks, objective 90 % within 3 s, also with one worker lost"));
            Assert.That(result.Output, Does.Match(@"recommended \d+ (A10 spot|H100 on-demand) \(\d+ .* needed, one spare\) for \$\d+\.\d\d an hour meets the objective with probability 0\.9\d; covered: sampling"));
            Assert.That(result.Output, Does.Contain("runner-up   ").And.Contain("+20 % load  ").And.Contain("cheaper     ").And.Contain("costs       A10: analytic, 35.6% of the peak, extrapolated: no latency of sd15 on an A10 is cited, so as for sdxl"));
            Assert.That(result.Error, Does.Contain("H100 on-demand: looking for the least number"));
            Assert.That(answers.Select(static answer => (double)answer!["usdPerHour"]!), Is.Ordered.Ascending);
            Assert.That(answers.Select(static answer => (double)answer!["attainmentLow"]!), Is.All.GreaterThanOrEqualTo(0.9));
            Assert.That(File.ReadAllLines(PathOf("out", "plan.csv")), Has.Length.EqualTo(answers.Count + 1));
        }
    }

    [Test]
    public void The_recommended_scenario_has_the_recommended_fleet()
    {
        Plan("out", Small);
        var scenario = JsonNode.Parse(File.ReadAllText(PathOf("out", "recommended-scenario.json")))!;
        Assert.That(scenario["fleet"]!["pools"]!.ToJsonString(), Is.EqualTo(Json("out")["answers"]![0]!["pools"]!.ToJsonString()));
        Assert.That((double)scenario["workload"]!["ratePerSecond"]!, Is.EqualTo(20));
    }

    [Test]
    public void The_recommended_scenario_has_the_plans_policies_and_hosts_and_can_be_simulated()
    {
        var result = Plan(
            "out", Small, "--set", "policies={\"routing\":\"template-affinity\",\"scaling\":{\"kind\":\"reactive\",\"targetPerWorker\":2},\"ordering\":{\"kind\":\"earliest-deadline\"}}",
            "--set", "fleet={\"workersPerHost\":2,\"host\":{\"memoryBytes\":2e10,\"networkBytesPerSecond\":1.25e10}}", "--set", "mixes=false");
        var simulated = SimServeProcess.Run("simulate", PathOf("out", "recommended-scenario.json"), "--out", PathOf("simulated", ""), "--no-baseline");
        var scenario = JsonNode.Parse(File.ReadAllText(PathOf("out", "recommended-scenario.json")))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.Zero, result.ToString());
            Assert.That(result.Output, Does.Contain("template-affinity routing, earliest-deadline ordering, reactive scaling; 300 requests a replication"));
            Assert.That(result.Output, Does.Match("scaling     .* workers are on, mean over time: "));
            Assert.That(result.Output, Does.Match("cached      a host has up to 2 workers, and its memory holds [0-9]+ of 5 templates of "));
            Assert.That(simulated.Faults, Is.Empty);
            Assert.That(simulated.ExitCode, Is.LessThan(2), simulated.ToString());
            Assert.That(scenario["policies"]!["scaling"]!.ToJsonString(), Is.EqualTo("{\"kind\":\"reactive\",\"targetPerWorker\":2}"));
            Assert.That((int)scenario["policies"]!["maxBatchSize"]!, Is.EqualTo(8), "a plan's default, which is not a scenario's");
            Assert.That((int)scenario["fleet"]!["pools"]![0]!["workersPerHost"]!, Is.EqualTo(2));
        }
    }

    [Test]
    public void The_number_of_threads_does_not_change_a_byte()
    {
        Plan("one", Small, "--parallel", "1");
        Plan("many", Small, "--parallel", "7");
        foreach (var file in new[] { "plan.json", "plan.csv", "report.html", "recommended-scenario.json" })
        {
            Assert.That(File.ReadAllBytes(PathOf("many", file)), Is.EqualTo(File.ReadAllBytes(PathOf("one", file))), file);
        }
    }

    [Test]
    public void An_impossible_objective_names_what_binds_and_exits_with_1()
    {
        var result = Plan("out", Small, "--set", "objective.seconds=0.05", "--set", "model=sdxl", "--format", "json");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
            var plan = JsonNode.Parse(result.Output)!;
            Assert.That((string)plan["says"]!, Is.EqualTo("infeasible  no fleet of these devices meets the objective"));
            Assert.That(plan["impossible"]!.AsArray().Select(static impossible => (string)impossible!["reason"]!), Is.All.StartsWith("latency alone: on an idle "));
            Assert.That(File.Exists(PathOf("out", "recommended-scenario.json")), Is.False);
        }
    }

    [Test]
    public void Faults_are_listed_at_once_and_nothing_is_written()
    {
        var result = Plan("out", Small.Replace("H100", "H99", StringComparison.Ordinal).Replace("\"steps\": 20", "\"steps\": 0", StringComparison.Ordinal), "--set", "spare=1");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.Faults.Select(static fault => fault.Split(':')[0]), Is.EquivalentTo(new[] { "candidates[0].device", "steps", "spare" }));
            Assert.That(Directory.Exists(PathOf("out", "")), Is.False);
        }
    }

    [Test]
    public void Device_memory_that_no_template_fits_into_is_a_fault()
    {
        var result = Plan("out", Small, "--set", "fleet={\"host\":{\"deviceCacheBytes\":1e6}}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.Faults.Single(), Does.StartWith("fleet.host.deviceCacheBytes: found 1000000; allowed: 0, or at least the "));
        }
    }

    [Test]
    public void A_file_that_is_not_there_is_a_fault() =>
        Assert.That(SimServeProcess.Run("plan", "gone.json").Faults.Single(), Is.EqualTo("plan: found \"gone.json\", which is not there; allowed: a plan file. Check the path."));

    [Test]
    public void The_catalogue_is_listed_with_its_sources()
    {
        var result = SimServeProcess.Run("list", "devices");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
            foreach (var device in SimServe.Simulator.Catalogue.DeviceCatalogue.All)
            {
                Assert.That(result.Output, Does.Contain($"{device.Name}  {device.Title}").And.Contain(device.PeakFlopsPerSecond.Source), device.Name);
            }
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private CommandResult Plan(string name, string text, params string[] options)
    {
        var file = Path.Combine(_folder.FullName, "plan.json");
        File.WriteAllText(file, text);
        return SimServeProcess.Run(["plan", file, "--out", PathOf(name, ""), .. options]);
    }

    private JsonNode Json(string name) => JsonNode.Parse(File.ReadAllText(PathOf(name, "plan.json")))!;

    private string PathOf(string name, string file) => Path.Combine(_folder.FullName, name, file);
}
