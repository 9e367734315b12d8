using SimServe.Policies.AddOns;
using SimServe.Simulator.AddOns;
using SimServe.Simulator.Planning;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Tests.Scenarios;

/// <summary>Bounds of LoRAs that a scenario takes from the files in which they were measured.</summary>
public sealed class LoraBoundScenarioTests
{
    // Latents stay alike for two steps, images for one.
    private static readonly LoraBound Bound = new()
    {
        Model = "demo",
        Loras = [new BoundedLora("pastel.safetensors", new string('a', 64), 1)],
        Steps = 3,
        Prompts = ["a star"],
        Seeds = 1,
        FirstSeed = 1,
        Threshold = 0.99,
        MinSsim = 0.95,
        Similarity = [new StepLikeness(1, Likeness.Same), new StepLikeness(2, new Likeness(0.995, 0.99)), new StepLikeness(3, new Likeness(0.9, 0.8))],
        Late = [new LateLora(0, Likeness.Same, Likeness.Same), new LateLora(1, Likeness.Same, new Likeness(0.96, 0.9)), new LateLora(3, new Likeness(0.9, 0.8), new Likeness(0.7, 0.1))],
        BySimilarity = 2,
        ByImage = 1,
    };

    private string _folder = string.Empty;

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("simserve-bounds").FullName;
        LoraBoundFile.Write(Path.Combine(_folder, "bounds", "pastel.json"), Bound);
        File.WriteAllText(Path.Combine(_folder, "bounds", "spoilt.json"), LoraBoundFile.Text(Bound with { BySimilarity = 3, Seeds = 0 }));
        File.WriteAllText(Path.Combine(_folder, "bounds", "other.json"), "[]");
        File.WriteAllBytes(Path.Combine(_folder, "template.png"), []);
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_bound_is_that_of_the_file()
    {
        var (scenario, faults) = Read("""
            [{ "lora": 3, "file": "bounds/pastel.json", "by": "similarity" }, { "lora": 4, "file": "bounds/pastel.json", "by": "image" }, { "lora": 5, "steps": 7 }]
            """);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults, Is.Empty);
            Assert.That(scenario.Policies.AddOns.LoraBounds, Is.EquivalentTo(new Dictionary<int, int> { [3] = 2, [4] = 1, [5] = 7 }));
        }
    }

    [TestCase("""{ "lora": 1 }""", "steps: found nothing; allowed: steps, or file and by. Write how many steps, or name a file that 'simserve lora-bound' wrote.")]
    [TestCase("""{ "lora": 1, "steps": 1, "file": "bounds/pastel.json", "by": "image" }""", "file: found a file beside steps; allowed: one of the two. Remove one of them: the file says how many steps.")]
    [TestCase("""{ "lora": 1, "steps": 1, "by": "image" }""", "by: found nothing to read beside it; allowed: by together with file. Name the file too, or remove it.")]
    [TestCase("""{ "lora": 1, "file": "bounds/pastel.json" }""", "by: found nothing; allowed: \"similarity\", \"image\". Add the key.")]
    [TestCase("""{ "lora": 1, "file": "pastel.json", "by": "image" }""", "file: found \"pastel.json\", which is not there; allowed: a file that 'simserve lora-bound' wrote. Check the path: it starts at the folder of the file that names it.")]
    public void A_bound_is_written_in_one_way(string item, string fault) =>
        Assert.That(Read($"[{item}]").Faults.Select(static found => found.ToString()), Is.EqualTo(new[] { $"policies.addOns.loraBounds[0].{fault}" }));

    [Test]
    public void A_spoilt_file_is_a_fault_for_each_thing_that_is_wrong_with_it()
    {
        var faults = Read("""[{ "lora": 1, "file": "bounds/spoilt.json", "by": "image" }, { "lora": 2, "file": "bounds/other.json", "by": "image" }]""").Faults;
        Assert.That(faults.Select(static fault => fault.Key), Is.EqualTo(new[]
        {
            "policies.addOns.loraBounds[0].file, \"bounds/spoilt.json\": seeds",
            "policies.addOns.loraBounds[0].file, \"bounds/spoilt.json\": bySimilarity",
            "policies.addOns.loraBounds[1].file, \"bounds/other.json\": (the file)",
        }));
    }

    [Test]
    public void A_bound_of_another_number_of_steps_is_a_fault()
    {
        var faults = Read("""[{ "lora": 1, "file": "bounds/pastel.json", "by": "image" }]""", steps: 50).Faults;
        Assert.That(faults.Select(static fault => fault.ToString()), Is.EqualTo(new[]
        {
            "policies.addOns.loraBounds[0].file: found \"bounds/pastel.json\", measured with 3 denoising steps; allowed: one measured with 50, the steps of the requests. "
            + "Measure it with that number, with 'simserve lora-bound', or change steps.",
        }));
    }

    [Test]
    public void A_plan_reads_them_too()
    {
        var file = Path.Combine(_folder, "plan.json");
        File.WriteAllText(file, """
            {
              "model": "sdxl", "steps": 3, "workload": { "ratePerSecond": 1 }, "objective": { "attainment": 0.9, "seconds": 9 }, "candidates": [{ "device": "H100" }],
              "policies": { "addOns": { "loraBounds": [{ "lora": 3, "file": "bounds/pastel.json", "by": "similarity" }] } }
            }
            """);
        Assert.That(new PlanReader(["sdxl"]).Read(file, []).Policies.AddOns.LoraBounds, Is.EquivalentTo(new Dictionary<int, int> { [3] = 2 }));
    }

    private (Scenario Scenario, List<InputFault> Faults) Read(string bounds, int steps = 3)
    {
        var file = Path.Combine(_folder, "small.json");
        File.WriteAllText(file, ScenarioText.Small);
        var faults = new List<InputFault>();
        return (new ScenarioReader(["flux-nano"]).Read(file, [$"steps={steps}", $"policies.addOns.loraBounds={bounds}"], faults), faults);
    }
}
