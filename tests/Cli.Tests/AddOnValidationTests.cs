using System.Text.Json.Nodes;

namespace SimServe.Cli.Tests;

/// <summary><c>validate</c> and <c>run</c> with ControlNets and LoRAs on real workers: experiments/addons/scenario.json, shortened.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class AddOnValidationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-addons-");

    private static string Scenario => Repository.PathOf("experiments/addons/scenario.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Test]
    public void A_scenario_with_files_is_simulated_and_served()
    {
        var result = SimServeProcess.Run(
            "validate", Scenario, "--out", Path.Combine(_folder.FullName, "validated"), "--set", "workload.requests=6", "--set", "profileSeconds=2", "--set", "workload.ratePerSecond=5",
            "--set", "policies.addOns.prefetch=popular", "--set", "fleet.adapters.loraDeviceBytes=1e9", "--set", "fleet.workers=2");
        var summary = File.ReadAllText(Path.Combine(_folder.FullName, "validated", "summary.json"));
        using (Assert.EnterMultipleScope())
        {
            // 1 says that the worlds disagree on who wins: six requests say little.
            Assert.That(result.ExitCode, Is.LessThan(2), result.ToString());
            Assert.That(result.Output, Does.Match("requests failed +│ requests +│ +0 │ +0 │"));
            Assert.That(result.Output, Does.Match("""replay +(\d+) of \1 steps decided alike"""));
            Assert.That(summary, Does.Contain("\"studied\"").Or.Contain("\"simulated\""));
        }
    }

    [Test]
    public void A_device_that_is_lost_leaves_its_requests_to_the_worker()
    {
        var path = Path.Combine(_folder.FullName, "run");
        var result = SimServeProcess.Run(
            "run", Scenario, "--out", path, "--set", "workload.requests=6", "--set", "profileSeconds=1", "--set", "workload.ratePerSecond=5",
            "--set", "policies.addOns.controlNetRecovery=local", "--set", """faults=[{"kind":"lost-controlnet-device","atSeconds":0.5,"device":0}]""");
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That((int)JsonNode.Parse(File.ReadAllText(Path.Combine(path, "summary.json")))!["metrics"]!["completed_requests"]!, Is.EqualTo(6));
    }

    [Test]
    public void A_population_without_files_is_refused()
    {
        var result = SimServeProcess.Run("run", Scenario, "--out", Path.Combine(_folder.FullName, "refused"), "--set", "workload.adapters=service-a");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.ToString(), Does.Contain("workload.adapters: found \"service-a\"; allowed: files of adapters in addOns where real devices serve"));
            Assert.That(Directory.Exists(Path.Combine(_folder.FullName, "refused")), Is.False);
        }
    }
}
