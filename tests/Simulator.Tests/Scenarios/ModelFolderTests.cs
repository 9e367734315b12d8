using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Tests.Scenarios;

/// <summary>What a scenario's <c>model</c> may be: a name that the reader knows, or a folder.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ModelFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-model-");

    public ModelFolderTests()
    {
        _folder.CreateSubdirectory("models/trained");
        _folder.CreateSubdirectory("beside");
        _folder.CreateSubdirectory("flux-nano");
        File.WriteAllText(Path.Combine(_folder.FullName, "template.png"), "");
        File.WriteAllText(Scenario, ScenarioText.Small);
    }

    private string Scenario => Path.Combine(_folder.FullName, "scenario.json");

    [TestCase("models/trained", "models/trained", "trained")]
    [TestCase("./models/trained/", "models/trained", "trained")]
    [TestCase("models/../beside", "beside", "beside")]
    [TestCase("beside", "beside", "beside")]
    [TestCase("./flux-nano", "flux-nano", "flux-nano")]
    public void A_folder_starts_at_the_scenarios_and_gives_the_model_its_name(string model, string path, string name)
    {
        var (scenario, faults) = Read(model);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults, Is.Empty);
            Assert.That(scenario.Model, Is.EqualTo(Path.Combine(_folder.FullName, path)));
            Assert.That(scenario.ModelName, Is.EqualTo(name));
        }
    }

    [Test]
    public void A_known_name_is_that_model_though_a_folder_has_it_too()
    {
        var (scenario, faults) = Read("flux-nano");
        Assert.That((scenario.Model, scenario.ModelName, faults.Count), Is.EqualTo(("flux-nano", "flux-nano", 0)));
    }

    [TestCase("models/gone", "model: found \"models/gone\", which is not there; allowed: a model's name, or the folder of one. Check the path: it starts at the scenario's folder.")]
    [TestCase("template.png", "model: found \"template.png\"; allowed: \"flux-nano\". Use one of those.")]
    [TestCase("flux-nan", "model: found \"flux-nan\"; allowed: \"flux-nano\". Did you mean \"flux-nano\"?")]
    public void What_is_neither_is_a_fault(string model, string fault) => Assert.That(Read(model).Faults.Select(static one => one.ToString()), Is.EqualTo(new[] { fault }));

    [Test]
    public void An_edit_is_of_a_template_that_is_there_where_their_number_is_said()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "mask.png"), "");
        File.WriteAllText(Scenario, """
            {
              "fleet": { "workers": 1, "linkBytesPerSecond": 1e9 }, "workload": { "requests": 6, "ratePerSecond": 2, "templates": 3 },
              "edits": [ { "template": 3, "mask": "mask.png", "prompt": "a boat" } ]
            }
            """);
        Assert.That(Read("flux-nano").Faults.Single().ToString(), Does.StartWith("edits[0].template: found 3; allowed: a whole number from 0 to 2."));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private (Scenario Scenario, List<InputFault> Faults) Read(string model)
    {
        var faults = new List<InputFault>();
        return (new ScenarioReader(["flux-nano"]).Read(Scenario, [$"model={model}"], faults), faults);
    }
}
