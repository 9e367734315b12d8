using System.Text.Json;
using System.Text.Json.Nodes;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Tests.Golden;

namespace SimServe.Cli.Tests;

/// <summary>The command reproduces every image that the reference's pipelines made, from a folder in diffusers layout.</summary>
[Category("Golden")]
public sealed class GoldenImagesTests
{
    private static readonly (string Key, string Option)[] Numbers =
    [
        ("num_inference_steps", "--steps"), ("guidance_scale", "--guidance"), ("true_cfg_scale", "--true-guidance"), ("clip_skip", "--clip-skip"),
        ("max_sequence_length", "--max-sequence-length"), ("strength", "--strength"), ("controlnet_conditioning_scale", "--control-scale"),
        ("control_guidance_start", "--control-start"), ("control_guidance_end", "--control-end"), ("negative_prompt", "--negative-prompt"),
        ("negative_prompt_2", "--negative-prompt-2"),
    ];

    private string _folder = string.Empty;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("simserve-golden").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<TestCaseData> Runs() =>
        from golden in PythonJson.Parse("manifest.json", File.ReadAllText(Path.Combine(GoldenFolder.Location, "manifest.json"))).GetProperty("cases").EnumerateArray()
        where golden.GetProperty("kind").GetString() == "pipeline"
        from run in golden.GetProperty("runs").EnumerateArray()
        select new TestCaseData(golden, run).SetArgDisplayNames(golden.GetProperty("name").GetString()!, run.GetProperty("id").GetString()!);

    [TestCaseSource(nameof(Runs))]
    public void The_image_is_the_reference_s(JsonElement golden, JsonElement run)
    {
        var model = Path.Combine(GoldenFolder.Location, golden.GetProperty("path").GetString()!);
        var result = SimServeProcess.Run([.. Arguments(model, run)]);
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        var expected = run.GetProperty("outputs").EnumerateObject().Where(static output => output.Name.StartsWith("png.", StringComparison.Ordinal)).ToArray();
        for (var i = 0; i < expected.Length; i++)
        {
            var got = PngFile.Read(Path.Combine(_folder, expected.Length == 1 ? "image.png" : $"image-{i}.png"));
            var want = PngFile.Read(Path.Combine(model, expected[i].Value.GetString()!));
            Assert.That(Difference(got, want), Is.LessThanOrEqualTo(1), expected[i].Name);
        }
    }

    private IEnumerable<string> Arguments(string model, JsonElement run)
    {
        var (call, inputs) = (run.GetProperty("call"), run.GetProperty("inputs"));
        var edits = inputs.TryGetProperty("mask_image", out var mask);
        var latents = inputs.TryGetProperty("latents", out var given) ? given : inputs.GetProperty("noise");
        List<string> arguments = [edits ? "edit" : "generate", "--model", model, "--scheduler", Scheduler(run), "--out", Path.Combine(_folder, "image.png")];
        arguments.AddRange(["--latents", $"{Path.Combine(model, "io.safetensors")}:{latents.GetString()}"]);
        AddPrompts(arguments, call, "prompt", "--prompt");
        AddPrompts(arguments, call, "prompt_2", "--prompt-2");
        foreach (var (key, option) in Numbers)
        {
            if (call.TryGetProperty(key, out var value))
            {
                arguments.AddRange([option, value.ToString()]);
            }
        }

        if (edits)
        {
            arguments.AddRange(["--image", PathOf("image"), "--mask", Path.Combine(model, mask.GetString()!), "--as-decoded"]);
        }
        else
        {
            arguments.AddRange(["--width", call.GetProperty("width").ToString(), "--height", call.GetProperty("height").ToString()]);
            arguments.AddRange(inputs.TryGetProperty("image", out _) ? ["--control-image", PathOf("image")] : []);
            AddPair(arguments, call, "original_size", "--original-size");
            AddPair(arguments, call, "crops_coords_top_left", "--crop-top-left");
            AddPair(arguments, call, "target_size", "--target-size");
        }

        return arguments;

        string PathOf(string input) => Path.Combine(model, inputs.GetProperty(input).GetString()!);
    }

    private string Scheduler(JsonElement run)
    {
        var scheduler = run.GetProperty("scheduler");
        var config = JsonNode.Parse(scheduler.GetProperty("config").GetRawText())!.AsObject();
        config["_class_name"] = scheduler.GetProperty("class").GetString();
        var file = Path.Combine(_folder, "scheduler.json");
        File.WriteAllText(file, config.ToJsonString());
        return file;
    }

    private static void AddPrompts(List<string> arguments, JsonElement call, string key, string option)
    {
        if (call.TryGetProperty(key, out var prompts))
        {
            foreach (var prompt in prompts.ValueKind == JsonValueKind.Array ? prompts.EnumerateArray().ToArray() : [prompts])
            {
                arguments.AddRange([option, prompt.GetString()!]);
            }
        }
    }

    private static void AddPair(List<string> arguments, JsonElement call, string key, string option)
    {
        if (call.TryGetProperty(key, out var pair))
        {
            arguments.AddRange([option, $"{pair[0]},{pair[1]}"]);
        }
    }

    private static int Difference(RgbImage got, RgbImage want)
    {
        Assert.That((got.Width, got.Height), Is.EqualTo((want.Width, want.Height)));
        var most = 0;
        for (var i = 0; i < want.Pixels.Length; i++)
        {
            most = Math.Max(most, Math.Abs(got.Pixels[i] - want.Pixels[i]));
        }

        return most;
    }
}
