using System.Text.Json;
using System.Text.Json.Nodes;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Pipelines;

namespace SimServe.GpuBackend.Tests.Golden.Runners;

/// <summary>Whole pipelines from a diffusers folder, from prompts and given noise to PNGs.</summary>
internal sealed class PipelineRunner : IGoldenRunner
{
    public IReadOnlyCollection<string> Kinds => ["pipeline"];

    public void Run(GoldenRun run, GoldenChecks checks)
    {
        var scheduler = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{run.Case.Name}-{run.Id}-scheduler.json");
        File.WriteAllText(scheduler, SchedulerConfig(run));
        try
        {
            using var pipeline = PipelineFactory.Open(run.Case.Folder, new PipelineOptions { Scheduler = scheduler, Device = GoldenDevice.Current, Optimisations = run.Optimisations });
            var observer = new GoldenPipelineObserver(run, checks);
            using var result = pipeline.Run(Request(run), observer);
            checks.Equal("outputs never compared", [.. observer.Missed], Array.Empty<string>());
            checks.Close("image", result.Pixels, run.Output("image"), "image");
            ComparePngs(run, checks, result.Images);
        }
        finally
        {
            File.Delete(scheduler);
        }
    }

    private static void ComparePngs(GoldenRun run, GoldenChecks checks, IReadOnlyList<RgbImage> images)
    {
        var levels = run.Json.GetProperty("tolerance").GetProperty("png_levels").GetInt32();
        for (var i = 0; i < images.Count; i++)
        {
            var want = PngFile.Read(PathOf(run, run.Json.GetProperty("outputs").GetProperty($"png.{i}").GetString()!));
            checks.Same($"png.{i} within {levels} level", Difference(images[i], want) <= levels, true);
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

    private static string SchedulerConfig(GoldenRun run)
    {
        var scheduler = run.Json.GetProperty("scheduler");
        var config = JsonNode.Parse(scheduler.GetProperty("config").GetRawText())!.AsObject();
        config["_class_name"] = scheduler.GetProperty("class").GetString();
        return config.ToJsonString();
    }

    private static ImageRequest Request(GoldenRun run)
    {
        var call = run.Json.GetProperty("call");
        return new ImageRequest
        {
            Prompts = Texts(call, "prompt")!,
            SecondPrompts = Texts(call, "prompt_2"),
            NegativePrompt = Texts(call, "negative_prompt")?[0],
            SecondNegativePrompt = Texts(call, "negative_prompt_2")?[0],
            Width = call.GetProperty("width").GetInt32(),
            Height = call.GetProperty("height").GetInt32(),
            Steps = call.GetProperty("num_inference_steps").GetInt32(),
            Guidance = call.GetProperty("guidance_scale").GetDouble(),
            TrueGuidance = Number(call, "true_cfg_scale", 1),
            ClipSkip = (int)Number(call, "clip_skip", 0),
            MaxSequenceLength = (int)Number(call, "max_sequence_length", 512),
            OriginalSize = Pair(call, "original_size"),
            CropTopLeft = Pair(call, "crops_coords_top_left") ?? default,
            TargetSize = Pair(call, "target_size"),
            Noise = new GoldenNoise(run),
            Latents = run.HasInput("latents") ? run.Input("latents") : null,
            Controls = Controls(run, call),
            Source = Source(run, call),
        };
    }

    private static ControlInput[] Controls(GoldenRun run, JsonElement call) => call.TryGetProperty("controlnet_conditioning_scale", out var scale)
        ?
        [
            new ControlInput
            {
                Image = PngFile.Read(InputFile(run, "image")),
                Net = 0,
                Scale = scale.GetDouble(),
                Start = Number(call, "control_guidance_start", 0),
                End = Number(call, "control_guidance_end", 1),
            },
        ]
        : [];

    private static InpaintSource? Source(GoldenRun run, JsonElement call) => run.HasInput("mask_image")
        ? new InpaintSource
        {
            Image = PngFile.Read(InputFile(run, "image")),
            Mask = PngFile.ReadMask(InputFile(run, "mask_image")),
            Strength = Number(call, "strength", 1),
        }
        : null;

    private static string InputFile(GoldenRun run, string argument) =>
        PathOf(run, run.Json.GetProperty("inputs").GetProperty(argument).GetString()!);

    private static string PathOf(GoldenRun run, string file) => Path.Combine(run.Case.Folder, file);

    private static string[]? Texts(JsonElement call, string key) => !call.TryGetProperty(key, out var value) ? null
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(static text => text.GetString()!)]
        : [value.GetString()!];

    private static double Number(JsonElement call, string key, double otherwise) =>
        call.TryGetProperty(key, out var value) ? value.GetDouble() : otherwise;

    private static (int, int)? Pair(JsonElement call, string key) =>
        call.TryGetProperty(key, out var pair) ? (pair[0].GetInt32(), pair[1].GetInt32()) : null;
}
