using SimServe.Policies;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Tests.Scenarios;

/// <summary>The files of ControlNets and LoRAs in a scenario, and who uses them.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AddOnFilesTests : IDisposable
{
    private const string Files = """addOns={"controlNets":[{"folder":"net","share":0.7}],"loras":[{"file":"one.safetensors","scale":0.6,"share":0.3},{"file":"two.safetensors","share":0}]}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-addons-");

    public AddOnFilesTests()
    {
        _folder.CreateSubdirectory("net");
        foreach (var file in new[] { "template.png", "one.safetensors", "two.safetensors" })
        {
            File.WriteAllText(Path.Combine(_folder.FullName, file), "");
        }

        File.WriteAllText(Scenario, ScenarioText.Small);
    }

    private string Scenario => Path.Combine(_folder.FullName, "scenario.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Test]
    public void Paths_start_at_the_scenarios_folder()
    {
        var (scenario, faults) = Read(Files);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults, Is.Empty);
            Assert.That(scenario.AddOns.ControlNets, Is.EqualTo(new[] { new AddOnFile(Path.Combine(_folder.FullName, "net"), 1, 0.7) }));
            Assert.That(scenario.AddOns.Loras, Is.EqualTo(new[]
            {
                new AddOnFile(Path.Combine(_folder.FullName, "one.safetensors"), 0.6, 0.3), new AddOnFile(Path.Combine(_folder.FullName, "two.safetensors"), 1, 0),
            }));
        }
    }

    [Test]
    public void What_is_not_there_is_a_fault() => Assert.That(
        Read("""addOns={"controlNets":[{"folder":"one.safetensors"}],"loras":[{"file":"net"}]}""").Faults.Select(static fault => fault.ToString()),
        Is.EqualTo(new[]
        {
            "addOns.controlNets[0].folder: found \"one.safetensors\", which is not there; allowed: the folder of a ControlNet as diffusers saves it. Check the path: it starts at the scenario's folder.",
            "addOns.loras[0].file: found \"net\", which is not there; allowed: a LoRA's safetensors file. Check the path: it starts at the scenario's folder.",
        }));

    [Test]
    public void Each_is_used_by_its_share_of_the_requests()
    {
        var scenario = Read(Files, "workload.requests=4000").Scenario;
        var (requests, again) = (ScenarioWorkload.Build(scenario, new TokenGrid(8, 8, 8), []), ScenarioWorkload.Build(scenario, new TokenGrid(8, 8, 8), []));
        using (Assert.EnterMultipleScope())
        {
            // Four standard deviations of 4,000 draws.
            Assert.That(requests.Average(static request => request.Adapters.ControlNets.Count), Is.EqualTo(0.7).Within(0.03));
            Assert.That(requests.Average(static request => request.Adapters.Loras.Count), Is.EqualTo(0.3).Within(0.03));
            Assert.That(requests.SelectMany(static request => request.Adapters.Loras), Has.All.EqualTo(0));
            Assert.That(requests.Select(static request => request.Adapters), Is.EqualTo(again.Select(static request => request.Adapters)));
            Assert.That(requests.Count(static request => request.Adapters is { ControlNets.Count: 1, Loras.Count: 1 }), Is.EqualTo(840).Within(120), "each by itself");
        }
    }

    private (Scenario Scenario, List<InputFault> Faults) Read(params string[] settings)
    {
        var faults = new List<InputFault>();
        return (new ScenarioReader(["flux-nano"]).Read(Scenario, settings, faults), faults);
    }
}
