using System.Text.Json.Nodes;
using SimServe.Cli.Validation;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Tests;

namespace SimServe.Cli.Tests;

/// <summary><c>run</c> on a trained model's folder, which the scenario names by a path.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class TrainedModelRunTests : IDisposable
{
    private readonly TinyFluxFolder _model = new();

    public TrainedModelRunTests()
    {
        PngFile.Write(Beside("template.png"), new RgbImage(64, 64, [.. Enumerable.Range(0, 3 * 64 * 64).Select(static i => (byte)(i / 48))]));
        File.WriteAllText(Beside("scenario.json"), """
            {
              "name": "trained", "model": "./tiny-flux", "steps": 2, "profileSeconds": 1,
              "fleet": { "workers": 1, "linkBytesPerSecond": 2.5e8 },
              "templates": [ { "image": "template.png", "prompt": "a green star on a sand background" } ],
              "workload": { "requests": 3, "ratePerSecond": 5, "prompts": ["a red circle"] }
            }
            """);
    }

    [Test]
    public void A_folder_named_by_a_path_beside_the_scenario_serves()
    {
        var result = SimServeProcess.Run("run", Beside("scenario.json"), "--out", Beside("out"));
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)JsonNode.Parse(File.ReadAllText(Beside("out/summary.json")))!["metrics"]!["completed_requests"]!, Is.EqualTo(3));
            Assert.That(File.ReadAllText(Beside("out/profile.json")), Does.Contain("\"tiny-flux\""));
        }
    }

    [Test]
    public void A_scenario_without_pictures_and_prompts_is_validated_on_painted_scenes()
    {
        PngFile.Write(Beside("mask.png"), new RgbImage(64, 64, [.. Enumerable.Range(0, 3 * 64 * 64).Select(static i => InMask(i) ? byte.MaxValue : (byte)0)]));
        var result = SimServeProcess.Run(
            "validate", Painted(), "--out", Beside("validated"), "--set", """edits=[{"template":1,"mask":"mask.png","prompt":"a blue cross"}]""");
        var template = PaintedTemplates.Of(2, seed: 1)[1].Image.Pixels.ToArray();
        var edited = PngFile.Read(Beside("validated/images/edit-0-optimal.png")).Pixels.ToArray();
        var resolved = JsonNode.Parse(File.ReadAllText(Beside("validated/resolved-scenario.json")))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.LessThan(2), result.ToString());
            Assert.That(PngFile.Read(Beside("validated/images/edit-0-template.png")).Pixels.SequenceEqual(template));
            Assert.That(Enumerable.Range(0, template.Length).Where(i => edited[i] != template[i]), Is.Not.Empty.And.All.Matches<int>(InMask));
            Assert.That(result.Output, Does.Contain("latency, mean").And.Match(@"requests failed .* 0 .* 0 "));
            Assert.That(resolved["workload"]!["prompts"]!.AsArray().Select(static prompt => (string)prompt!), Has.Exactly(1).EqualTo("a green star"));
        }
    }

    [Test]
    public void A_profile_of_the_folder_simulates_without_its_weights_and_of_another_of_that_name_not()
    {
        var measured = SimServeProcess.Run("profile", "--model", _model.Location, "--out", Beside("profile.json"), "--minutes", "0.02", "--workers", "1", "--batch", "2", "--steps", "2");
        Assert.That(measured.ExitCode, Is.Zero, measured.ToString());
        var other = Directory.CreateDirectory(Beside("other/tiny-flux")).FullName;
        foreach (var file in Directory.GetFiles(_model.Location, "*", SearchOption.AllDirectories).Where(static file => !file.EndsWith(".safetensors", StringComparison.Ordinal)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(other, Path.GetRelativePath(_model.Location, file)))!);
            File.Copy(file, Path.Combine(other, Path.GetRelativePath(_model.Location, file)));
        }

        string[] simulate = ["simulate", Painted(), "--profile", Beside("profile.json"), "--out", Beside("simulated"), "--set", "model=./other/tiny-flux", "--no-baseline"];
        var alike = SimServeProcess.Run(simulate);
        File.WriteAllText(Path.Combine(other, "vae/config.json"), File.ReadAllText(Path.Combine(other, "vae/config.json")).Replace("{", "{\"sample_size\":32,", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(other, "model_index.json"), File.ReadAllText(Path.Combine(other, "model_index.json")).Replace("\"_default_size\":64,", "", StringComparison.Ordinal));
        var unlike = SimServeProcess.Run(simulate);
        var run = SimServeProcess.Run("run", Beside("scenario.json"), "--profile", Beside("profile.json"), "--set", "model=./other/tiny-flux");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(alike.ExitCode, Is.Zero, alike.ToString());
            Assert.That(unlike.ExitCode, Is.EqualTo(2), unlike.ToString());
            Assert.That(unlike.Faults.Single(), Does.StartWith("--profile: found a profile of another \"tiny-flux\" (8x8 tokens of 8 pixels, ").And.Contain("allowed: one of the scenario's (4x4 tokens of 8 pixels, "));
            Assert.That(run.ExitCode, Is.EqualTo(2), run.ToString());
        }
    }

    [Test]
    public void Templates_without_images_are_a_fault_where_no_scenes_can_be_painted_or_too_many()
    {
        var many = SimServeProcess.Run("run", Painted(), "--set", "workload.templates=1001");
        var untrained = SimServeProcess.Run("run", Painted(), "--set", "model=flux-nano");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((many.ExitCode, many.Faults.Single()), Is.EqualTo((
                2, "workload.templates: found 1001; allowed: up to 1000 painted scenes where real devices serve. Use fewer, or simulate the scenario.")));
            Assert.That((untrained.ExitCode, untrained.Faults.Single()), Is.EqualTo((
                2, "workload.templates: found 2 without images; allowed: a list of templates where real devices serve flux-nano. Name their images in templates, or simulate the scenario.")));
        }
    }

    [Test]
    public void Weights_that_are_missing_are_named_with_the_exit_code_of_missing_files()
    {
        var (weights, kept) = (_model.PathOf("vae/diffusion_pytorch_model.safetensors"), Beside("kept"));
        File.Move(weights, kept);
        var result = SimServeProcess.Run("run", Beside("scenario.json"), "--out", Beside("missing"));
        File.Move(kept, weights);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(3), result.ToString());
            Assert.That(result.Error, Does.Contain("vae"));
            Assert.That(Beside("missing"), Does.Not.Exist);
        }
    }

    [Test]
    public void Folders_below_models_are_listed_with_the_names()
    {
        var checkout = Directory.CreateDirectory(Beside("checkout")).FullName;
        Directory.CreateDirectory(Path.Combine(checkout, "models/no-model"));
        Directory.CreateSymbolicLink(Path.Combine(checkout, "models/tiny-flux"), _model.Location);
        var result = SimServeProcess.RunIn(checkout, "list", "models");
        Assert.That(CommandResult.Lines(result.Output), Is.EqualTo(new[] { "flux-nano", "flux-dev-shape", "models/tiny-flux" }), result.ToString());
    }

    [Test]
    public void A_folder_that_is_not_there_or_lacks_parts_is_a_fault_of_the_key()
    {
        var missing = SimServeProcess.Run("run", Beside("scenario.json"), "--set", "model=./nowhere");
        _model.WriteIndex("StableDiffusionPipeline");
        var other = SimServeProcess.Run("run", Beside("scenario.json"));
        _model.WriteIndex("FluxPipeline");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(missing.ExitCode, Is.EqualTo(2), missing.ToString());
            Assert.That(missing.ToString(), Does.Contain("nowhere").And.Contain("not there"));
            Assert.That(other.ExitCode, Is.EqualTo(2), other.ToString());
            Assert.That(other.ToString(), Does.Contain("StableDiffusionPipeline"));
        }
    }

    [Test]
    public void A_Stable_Diffusion_folder_serves_and_what_it_did_simulates()
    {
        string[] model = ["--set", $"model={Path.Combine(Repository.Root, "models/demo-sd")}"];
        var run = SimServeProcess.Run(["run", Painted(), "--out", Beside("stable"), .. model]);
        Assert.That(run.ExitCode, Is.Zero, run.ToString());
        var simulated = SimServeProcess.Run(["simulate", Painted(), "--profile", Beside("stable/profile.json"), "--out", Beside("stable-simulated"), "--no-baseline", .. model]);
        var (summary, profile) = (JsonNode.Parse(File.ReadAllText(Beside("stable/summary.json")))!, JsonNode.Parse(File.ReadAllText(Beside("stable/profile.json")))!);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)summary["metrics"]!["completed_requests"]!, Is.EqualTo((int)summary["metrics"]!["injected_requests"]!).And.Positive);
            Assert.That(profile.ToJsonString(), Does.Contain("demo-sd").And.Contain("block.convolution").And.Contain("block.cross-attention"));
            Assert.That(simulated.ExitCode, Is.Zero, simulated.ToString());
        }
    }

    public void Dispose() => _model.Dispose();

    // The same without pictures and prompts.
    private string Painted()
    {
        File.WriteAllText(Beside("painted.json"), """
            {
              "model": "tiny-flux", "steps": 2, "profileSeconds": 1,
              "fleet": { "workers": 1, "linkBytesPerSecond": 2.5e8 },
              "workload": { "requests": 4, "ratePerSecond": 5, "templates": 2 }, "policies": { "maxBatchSize": 2 }
            }
            """);
        return Beside("painted.json");
    }

    // A byte of the square of pixels that the drawn mask edits.
    private static bool InMask(int index) => index / 3 / 64 is >= 20 and < 45 && index / 3 % 64 is >= 10 and < 33;

    private string Beside(string name) => Path.Combine(Path.GetDirectoryName(_model.Location)!, name);
}
