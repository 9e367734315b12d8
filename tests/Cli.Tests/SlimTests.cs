using SimServe.Slimming.Plans;

namespace SimServe.Cli.Tests;

/// <summary><c>slim</c> from the command line to a folder that other verbs take.</summary>
public sealed class SlimTests
{
    private const string Model = "models/demo-sd";

    private string _folder = string.Empty;

    private string Out => Path.Combine(_folder, "slim");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("simserve-slim").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Half_a_model_is_cut_taught_written_and_makes_pictures()
    {
        var result = SimServeProcess.Run("slim", "--model", Model, "--keep", "0.5", "--out", Out, "--steps", "2", "--batch", "2", "--scenes", "8");
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        var (plan, picture) = (SlimPlan.Read(Path.Combine(Out, "slim-plan.json")), Path.Combine(_folder, "slim.png"));
        var generated = SimServeProcess.Run("generate", "--model", Out, "--prompt", "a red star", "--steps", "2", "--out", picture);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((double)plan.After.Parameters / plan.Before.Parameters, Is.EqualTo(0.5).Within(0.01).And.AtMost(0.5));
            Assert.That(result.Output, Does.Contain("(50.0%)").And.Contain("recovery    validation loss"));
            Assert.That(generated.ExitCode, Is.Zero, generated.ToString());
            Assert.That(File.Exists(picture));
            Assert.That(Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName), Is.EquivalentTo(new[] { "slim", "slim.png" }), "checkpoints are gone");
        }
    }

    [Test]
    public void What_lies_in_the_folder_of_checkpoints_already_stays()
    {
        var mine = Path.Combine(Directory.CreateDirectory(Out + ".work").FullName, "mine.txt");
        File.WriteAllText(mine, "mine");
        var result = SimServeProcess.Run("slim", "--model", Model, "--keep", "0.9", "--out", Out, "--steps", "1", "--batch", "1", "--scenes", "2");
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(Directory.GetFileSystemEntries(Out + ".work"), Is.EqualTo(new[] { mine }));
    }

    [Test]
    public void Without_a_folder_the_plan_is_shown_and_nothing_is_written()
    {
        var result = SimServeProcess.Run("slim", "--model", "models/demo-flux", "--keep", "0.7", "--strategy", "uniform", "--format", "json");
        File.WriteAllText(Path.Combine(_folder, "plan.json"), result.Output);
        var plan = SlimPlan.Read(Path.Combine(_folder, "plan.json"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.Zero, result.ToString());
            Assert.That(plan.Groups.Select(static group => group.UnitsAfter).Distinct().Count(), Is.LessThanOrEqualTo(2), "uniform, but for a last step");
            Assert.That(plan.Model.Name, Is.EqualTo("demo-flux/transformer"));
        }
    }

    [Test]
    public void A_plan_that_was_written_is_carried_out_again()
    {
        var path = Path.Combine(_folder, "plan.json");
        File.WriteAllText(path, SimServeProcess.Run("slim", "--model", Model, "--keep", "0.6", "--format", "json").Output);
        var result = SimServeProcess.Run("slim", "--model", Model, "--plan", path, "--recover", "none", "--out", Out);
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(File.ReadAllText(Path.Combine(Out, "slim-plan.json")).TrimEnd(), Is.EqualTo(File.ReadAllText(path).TrimEnd()));
    }

    [Test]
    public void Every_faulty_option_is_named_at_once()
    {
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "mine.txt"), "mine");
        var result = SimServeProcess.Run("slim", "--model", Model, "--keep", "1.5", "--steps", "0", "--batch", "0", "--scenes", "0", "--learning-rate", "0", "--seed", "-1", "--out", Out);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
            Assert.That(result.Faults.Select(static fault => fault.Split(": found ")[0]), Is.EquivalentTo(new[] { "--keep", "--steps", "--batch", "--scenes", "--learning-rate", "--seed", "--out" }));
            Assert.That(Directory.GetFiles(Out).Select(Path.GetFileName), Is.EqualTo(new[] { "mine.txt" }));
        }
    }

    [TestCase(2, "Ask for at least 53 %", "--model", "models/demo-flux", "--keep", "0.1")]
    [TestCase(2, "Recovery knows pipelines with a U-Net", "--model", "models/demo-flux", "--keep", "0.7", "--recover", "distil")]
    [TestCase(3, "transformer/config.json", "--model", "experiments")]
    public void What_cannot_be_done_is_said_before_any_work(int exit, string named, params string[] arguments)
    {
        var result = SimServeProcess.Run(["slim", .. arguments]);
        Assert.That(result.ExitCode, Is.EqualTo(exit), result.ToString());
        Assert.That(result.Error, Does.Contain(named));
    }
}
