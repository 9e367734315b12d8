using System.Text.Json.Nodes;

namespace SimServe.Cli.Tests;

/// <summary>Workers of two devices with one guidance branch each (<c>fleet.branchExchangeSeconds</c>) on real threads.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class BranchValidationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-branches-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Test]
    public void What_a_validation_simulates_is_what_a_simulation_on_its_profile_does()
    {
        string[] settings =
        [
            "--set", "fleet.workers=1", "--set", "fleet.branchExchangeSeconds=0.002", "--set", "workload.requests=8", "--set", "workload.ratePerSecond=4", "--set", "profileSeconds=2",
        ];
        var scenario = Repository.PathOf("experiments/stable-diffusion/scenario.json");
        var validated = SimServeProcess.Run(["validate", scenario, "--out", PathOf("validated"), .. settings]);
        var simulated = SimServeProcess.Run(["simulate", scenario, "--profile", PathOf("validated/profile.json"), "--out", PathOf("simulated"), "--no-baseline", .. settings]);
        Assert.That((validated.ExitCode, simulated.ExitCode), Is.EqualTo((0, 0)).Or.EqualTo((1, 0)), $"{validated}\n{simulated}");
        var compared = JsonNode.Parse(File.ReadAllText(PathOf("validated/summary.json")))!["metrics"]!.AsArray().Single(static row => (string)row!["metric"]! == "latency, mean")!;
        var latency = JsonNode.Parse(File.ReadAllText(PathOf("simulated/summary.json")))!["metrics"]!["e2e_latency_avg"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((double)compared["simulated"]!, Is.EqualTo((double)latency).Within(1e-6));
            Assert.That(validated.Output, Does.Match("requests failed +│ requests +│ +0 │ +0 │"));
            Assert.That(validated.Output, Does.Match("""replay +(\d+) of \1 steps decided alike"""));
        }
    }

    [Test]
    public void ControlNets_and_loras_are_served_by_pairs()
    {
        var result = SimServeProcess.Run(
            "run", Repository.PathOf("experiments/addons/scenario.json"), "--out", PathOf("run"), "--set", "fleet.branchExchangeSeconds=0", "--set", "workload.requests=6", "--set", "profileSeconds=1", "--set", "workload.ratePerSecond=5");
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That((int)JsonNode.Parse(File.ReadAllText(PathOf("run/summary.json")))!["metrics"]!["completed_requests"]!, Is.EqualTo(6));
    }

    [TestCase("run")]
    [TestCase("validate")]
    public void A_model_with_one_branch_is_refused(string command)
    {
        var result = SimServeProcess.Run(command, Repository.PathOf("experiments/quickstart/scenario.json"), "--out", PathOf("refused"), "--set", "fleet.branchExchangeSeconds=0.001");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.ToString(), Does.Contain("fleet.branchExchangeSeconds: found a worker of two devices; allowed: nothing: demo-flux has 1 branch. Remove it, or serve a model with classifier-free guidance."));
            Assert.That(Directory.Exists(PathOf("refused")), Is.False);
        }
    }

    [Test]
    public void A_suite_of_pairs_is_refused()
    {
        var result = SimServeProcess.Run("validate", Repository.PathOf("experiments/validation/suite.json"), "--out", PathOf("refused"), "--set", "fleet.branchExchangeSeconds=0.001");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.ToString(), Does.Contain("fleet.branchExchangeSeconds: found a worker of two devices; allowed: workers of one device in suites. Remove it, or validate the scenario by itself."));
        }
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
