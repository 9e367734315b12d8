using System.Text.Json.Nodes;
using SimServe.Policies.AddOns;
using SimServe.Simulator.AddOns;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Tests.AddOns;

public sealed class LoraBoundFileTests
{
    private string _folder = string.Empty;

    private string File => Path.Combine(_folder, "new", "bound.json");

    private static LoraBound Bound => new()
    {
        Model = "demo",
        Loras = [new BoundedLora("style.safetensors", new string('a', 64), 0.5)],
        Steps = 2,
        Prompts = ["a star"],
        Seeds = 3,
        FirstSeed = 1,
        Threshold = 0.99,
        MinSsim = 0.95,
        Similarity = [new StepLikeness(1, new Likeness(0.999, 0.99)), new StepLikeness(2, new Likeness(0.9, 0.8))],
        Late = [new LateLora(0, Likeness.Same, Likeness.Same), new LateLora(1, new Likeness(0.99, 0.98), new Likeness(0.96, 0.9)), new LateLora(2, new Likeness(0.9, 0.8), new Likeness(0.7, -0.1))],
        BySimilarity = 1,
        ByImage = 1,
    };

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("simserve-bound").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void What_is_written_is_read()
    {
        LoraBoundFile.Write(File, Bound);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(LoraBoundFile.Text(LoraBoundFile.Read(File)), Is.EqualTo(LoraBoundFile.Text(Bound)).And.EqualTo(System.IO.File.ReadAllText(File)));
            Assert.That(Directory.GetFiles(Path.GetDirectoryName(File)!), Has.Length.EqualTo(1), "nothing temporary is left");
        }
    }

    [Test]
    public void Every_fault_is_named_at_once()
    {
        var fault = Assert.Throws<InvalidInputException>(() => Read(static json =>
        {
            json["model"] = " ";
            json["loras"]![0]!["sha256"] = "A";
            json["threshold"] = 2;
            json["similarity"]![1]!["step"] = 7;
            json["similarity"]![0]!["latents"]!["least"] = 1;
            json["late"]![0]!["steps"] = 1;
            json["byImage"] = 2;
        }));
        Assert.That(
            fault!.Faults.Select(static one => one.Key),
            Is.EquivalentTo(new[] { "model", "loras[0].sha256", "threshold", "similarity", "similarity, step 1", "late", "bySimilarity", "byImage" }));
    }

    [Test]
    public void Other_versions_other_keys_and_other_files_are_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Read(static json => json["schema"] = 2), Throws.TypeOf<InvalidInputException>().With.Message.Contains("allowed: 1"));
            Assert.That(() => Read(static json => json["stepz"] = 2), Throws.TypeOf<InvalidInputException>().With.Message.Contains("stepz"));
            Assert.That(() => Read(static json => json.Remove("steps")), Throws.TypeOf<InvalidInputException>().With.Message.Contains("steps"));
            Assert.That(() => Read(static json => json["loras"]![0] = null), Throws.TypeOf<InvalidInputException>().With.Message.Contains("loras[0]"));
            Assert.That(() => Read(static json => json["prompts"] = null), Throws.TypeOf<InvalidInputException>().With.Message.Contains("prompts"));
            Assert.That(() => Written("[]"), Throws.TypeOf<InvalidInputException>());
            Assert.That(() => Written("{"), Throws.TypeOf<InvalidInputException>());
            Assert.That(() => LoraBoundFile.Read(Path.Combine(_folder, "none.json")), Throws.InstanceOf<IOException>());
        }
    }

    private LoraBound Written(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, text);
        return LoraBoundFile.Read(File);
    }

    private LoraBound Read(Action<JsonObject> change)
    {
        var json = JsonNode.Parse(LoraBoundFile.Text(Bound))!.AsObject();
        change(json);
        return Written(json.ToJsonString());
    }
}
