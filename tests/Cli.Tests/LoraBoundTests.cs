using SimServe.Simulator.AddOns;

namespace SimServe.Cli.Tests;

/// <summary><c>lora-bound</c> from the command line to its files.</summary>
public sealed class LoraBoundTests
{
    private const string Lora = "models/demo-sd/style-stripes/pytorch_lora_weights.safetensors";

    private string _folder = string.Empty;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("simserve-lora-bound").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void It_writes_what_it_prints_and_draws_it()
    {
        var (json, png) = (PathOf("bound.json"), PathOf("bound.png"));
        var result = SimServeProcess.Run(
            "lora-bound", "--model", "models/demo-sd", "--lora", $"{Lora}:0.5", "--steps", "3", "--prompts", "2", "--seeds", "2", "--out", json, "--plot", png, "--format", "json");
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        var bound = LoraBoundFile.Read(json);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Output.Trim(), Is.EqualTo(File.ReadAllText(json).Trim()));
            Assert.That((bound.Model, bound.Steps, bound.Seeds, bound.Prompts.Count), Is.EqualTo(("demo-sd", 3, 2, 2)));
            Assert.That((bound.Loras[0].File, bound.Loras[0].Scale), Is.EqualTo((Lora, 0.5)));
            Assert.That(bound.Late[^1].Image.Mean, Is.LessThan(0.95), "the LoRA matters");
            Assert.That(Directory.GetFiles(_folder), Is.EquivalentTo(new[] { json, png }));
            Assert.That(new FileInfo(png).Length, Is.GreaterThan(10_000));
        }
    }

    [Test]
    public void Prompts_of_ones_own_and_a_table()
    {
        var result = SimServeProcess.Run("lora-bound", "--model", "models/demo-sd", "--lora", Lora, "--steps", "2", "--prompt", "a red star", "--seeds", "1", "--out", PathOf("bound.json"));
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        Assert.That(result.Output, Does.Contain("bound by similarity of latents").And.Contain("bound by the image").And.Contain("1 images of 2 steps"));
        Assert.That(LoraBoundFile.Read(PathOf("bound.json")).Prompts, Is.EqualTo(new[] { "a red star" }));
    }

    [Test]
    public void Every_faulty_option_is_named_at_once()
    {
        var result = SimServeProcess.Run(
            "lora-bound", "--model", "models/demo-sd", "--lora", Lora, "--steps", "0", "--prompts", "0", "--seeds", "0", "--seed", "-1", "--batch", "65",
            "--threshold", "0", "--min-ssim", "1.5", "--out", "bound.txt", "--plot", "bound.jpg");
        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(
            result.Faults.Select(static fault => fault.Split(": found ")[0]),
            Is.EquivalentTo(new[] { "--steps", "--prompts", "--seeds", "--seed", "--batch", "--threshold", "--min-ssim", "--out", "--plot" }));
    }

    [TestCase(3, "none.safetensors", "models/demo-sd", "none.safetensors")]
    [TestCase(3, "no-model", "no-model", Lora)]
    [TestCase(2, "made for another model", "models/demo-flux", Lora)]
    [TestCase(2, "cut short", "models/demo-sd", "README.md")]
    public void Bad_files_are_told_of_and_nothing_is_written(int code, string message, string model, string lora)
    {
        var result = SimServeProcess.Run("lora-bound", "--model", model, "--lora", lora, "--steps", "2", "--prompts", "1", "--seeds", "1", "--out", PathOf("bound.json"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(code), result.ToString());
            Assert.That(result.Error, Does.Contain(message));
            Assert.That(Directory.GetFiles(_folder), Is.Empty);
        }
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
