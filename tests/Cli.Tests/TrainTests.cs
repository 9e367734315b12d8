using SimServe.GpuBackend.Images;

namespace SimServe.Cli.Tests;

/// <summary><c>train</c>: a tiny version from painting to a model folder, as a user does it.</summary>
public sealed class TrainTests
{
    private string _folder = string.Empty;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("simserve-train").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void The_check_reaches_its_goals_and_its_model_makes_and_edits_pictures()
    {
        var trained = SimServeProcess.Run("train", "--check", "--out", _folder);
        Assert.That(trained.ExitCode, Is.Zero, trained.ToString());
        var model = Path.Combine(_folder, "models", "demo-flux");
        var (picture, edited) = (Path.Combine(_folder, "picture.png"), Path.Combine(_folder, "edited.png"));
        var made = SimServeProcess.Run("generate", "--model", model, "--prompt", "a red circle", "--steps", "2", "--out", picture);
        var edit = SimServeProcess.Run(
            "edit", "--model", model, "--image", Path.Combine(model, "scene.png"), "--mask", Path.Combine(model, "hole.png"), "--prompt", "a green star", "--out", edited);
        var again = SimServeProcess.Run("train", "--check", "--out", _folder, "--part", "vae");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(trained.Output, Does.Contain("vae: step 200 of 200").And.Contain("teacher: step 200 of 200").And.Contain("transformer: step 20 of 20"));
            Assert.That(made.ExitCode, Is.Zero, made.Error);
            Assert.That(edit.ExitCode, Is.Zero, edit.Error);
            Assert.That((PngFile.Read(picture).Width, PngFile.Read(edited).Height), Is.EqualTo((64, 64)));
            Assert.That(File.ReadAllText(Path.Combine(model, "README.md")), Does.StartWith("# demo-flux"));
            Assert.That(Path.Combine(_folder, "vae", "step-000200.png"), Does.Exist);
            Assert.That((again.ExitCode, again.Output), Is.EqualTo((0, string.Empty)), "what is finished is not trained again");
        }
    }

    [Test]
    public void Killed_and_started_again_it_makes_the_same_weights()
    {
        var (whole, killed) = (Path.Combine(_folder, "whole"), Path.Combine(_folder, "killed"));
        string[] Arguments(string folder) => ["train", "--check", "--part", "vae", "--threads", "1", "--out", folder];
        var straight = SimServeProcess.Run(Arguments(whole));
        Assert.That(straight.ExitCode, Is.Zero, straight.ToString());
        var checkpoint = Path.Combine(killed, "vae", "checkpoint.safetensors");
        using (var process = SimServeProcess.StartInterruptible(Arguments(killed)))
        {
            Assert.That(() => File.Exists(checkpoint), Is.True.After(120_000, 20));
            process.Kill();
        }

        var resumed = SimServeProcess.Run(Arguments(killed));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(resumed.ExitCode, Is.Zero, resumed.ToString());
            Assert.That(resumed.Output, Does.Contain("going on after step 100"));
            Assert.That(Weights(killed), Is.EqualTo(Weights(whole)));
        }
    }

    [Test]
    public void A_scene_file_cut_short_is_told_by_name()
    {
        string[] arguments = ["train", "--check", "--part", "vae", "--out", _folder];
        var scenes = Directory.CreateDirectory(Path.Combine(_folder, "scenes")).FullName;
        var file = Path.Combine(scenes, "train-1-00000-2048.safetensors");
        File.WriteAllBytes(file, new byte[100]);
        var result = SimServeProcess.Run(arguments);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.Error, Does.Contain(file));
            Assert.That(Directory.GetFiles(Path.Combine(_folder, "vae")), Is.Empty);
        }
    }

    [Test]
    public void A_goal_that_is_missed_is_told_and_fails()
    {
        var recipe = Recipe(static text => text.Replace("\"goal\": 18 },\n  \"text\"", "\"goal\": 99 },\n  \"text\"", StringComparison.Ordinal).Replace("\"steps\": 200, \"batch\": 8", "\"steps\": 2, \"batch\": 2", StringComparison.Ordinal));
        var result = SimServeProcess.Run("train", recipe, "--part", "vae", "--out", Path.Combine(_folder, "out"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
            Assert.That(result.Error, Does.Contain("Goal missed: vae: PSNR (dB) is").And.Contain("must be at least 99"));
        }
    }

    [TestCase("\"seed\": 1", "\"sed\": 1", "sed")]
    [TestCase("\"batch\": 8", "\"batch\": 0", "vae.batch is 0 but must be at least 1")]
    [TestCase("\"textSd\"", "\"text\"", "textSd is missing but must be there when unet is")]
    [TestCase("{", "", "training.json")]
    public void A_recipe_that_is_not_sound_is_refused_in_words(string from, string to, string told)
    {
        var result = SimServeProcess.Run("train", Recipe(text => text.Replace(from, to, StringComparison.Ordinal)), "--out", Path.Combine(_folder, "out"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
            Assert.That(result.Error, Does.Contain(told));
            Assert.That(Path.Combine(_folder, "out"), Does.Not.Exist);
        }
    }

    [Test]
    public void Without_a_folder_it_asks_for_one() => Assert.That(SimServeProcess.Run("train"), Has.Property(nameof(CommandResult.ExitCode)).EqualTo(2).And.Property(nameof(CommandResult.Error)).Contains("--out"));

    [Test]
    public void No_recipe_of_that_name_is_told() => Assert.That(SimServeProcess.Run("train", "nowhere", "--out", _folder), Has.Property(nameof(CommandResult.ExitCode)).EqualTo(3).And.Property(nameof(CommandResult.Error)).Contains("nowhere"));

    private static byte[] Weights(string folder) => File.ReadAllBytes(Path.Combine(folder, "vae", "diffusion_pytorch_model.safetensors"));

    private string Recipe(Func<string, string> change)
    {
        var (from, to) = (Repository.PathOf("experiments/training/check"), Path.Combine(_folder, "recipe"));
        foreach (var file in Directory.GetFiles(from, "*.json", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllText(copy, Path.GetFileName(file) == "training.json" ? change(File.ReadAllText(file)) : File.ReadAllText(file));
        }

        return to;
    }
}
