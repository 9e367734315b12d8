using System.Diagnostics;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.GpuBackend.Weights;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.Benchmarks.Families;

/// <summary>Edits of held-out scenes by models/demo-sd through the pipeline that `simserve edit` uses.</summary>
/// <param name="folder">The model.</param>
internal sealed class DemoStudy(string folder)
{
    private const int Scenes = 3;
    private const int Steps = 20;
    private const int LatentSide = 16;

    private static readonly string[] Prompts = ["a green star", "a red circle", "a yellow square", "a blue triangle"];

    private static readonly (string Name, int? Tiles, bool Told)[] Ways =
        [("in full", null, true), ("tiles of 2", 2, true), ("tiles of 4", 4, true), ("in full, caption not told", null, false)];

    public IEnumerable<string> Table()
    {
        using var pipeline = PipelineFactory.Open(folder, new PipelineOptions());
        using var cost = Cost();
        yield return "| mask ratio | batch | convolutions | full, s | recording, s | cached, s | **full / cached** | by operations | SSIM against full | in the mask's box |";
        yield return "|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|";
        _ = Edit(pipeline, 0, Rectangle(0.2), 1, new ReuseOptions { TileSide = 4 });
        foreach (var ratio in FamiliesStudy.Ratios)
        {
            foreach (var batch in new[] { 1, 4 })
            {
                foreach (var row in Rows(pipeline, cost, ratio, batch))
                {
                    yield return row;
                }
            }
        }
    }

    private static IEnumerable<string> Rows(IDiffusionPipeline pipeline, StepCost cost, double ratio, int batch)
    {
        var mask = Rectangle(ratio);
        List<double> full = [];
        var runs = Ways.Select(static _ => new Tally()).ToArray();
        for (var scene = 0; scene < Scenes; scene++)
        {
            var expected = Edit(pipeline, scene, mask, batch, null);
            full.Add(expected.Seconds);
            for (var way = 0; way < Ways.Length; way++)
            {
                var options = new ReuseOptions { TileSide = Ways[way].Tiles, ImagePrompt = Ways[way].Told ? Source[scene].Caption : string.Empty };
                runs[way].Add(Edit(pipeline, scene, mask, batch, options), expected.Images, mask);
            }
        }

        using var mode = inference_mode();
        var tokens = cost.Rectangle(ratio);
        for (var way = 0; way < Ways.Length; way++)
        {
            var operations = (double)cost.Flops(tokens, null) / cost.Flops(tokens, new ReuseModes { TileSide = Ways[way].Tiles });
            yield return runs[way].Row(tokens.Ratio, batch, Ways[way].Name, FamiliesStudy.Median(full), operations);
        }
    }

    private static SceneSource Source { get; } = new(1, SceneSplit.HeldOut);

    private static (double Seconds, ReuseTimes? Reuse, IReadOnlyList<RgbImage> Images) Edit(IDiffusionPipeline pipeline, int scene, PixelMask mask, int batch, ReuseOptions? reuse)
    {
        using var noise = new SeededNoise(scene, batch);
        var source = new InpaintSource { Image = ScenePainter.Paint(Source[scene]), Mask = mask };
        var clock = new StepClock();
        using var result = pipeline.Run(
            new ImageRequest
            {
                Prompts = Prompts[..batch],
                Width = Scene.Side,
                Height = Scene.Side,
                Steps = Steps,
                Guidance = 4,
                Noise = noise,
                Source = source,
                Reuse = reuse,
            },
            clock);
        return (clock.Seconds, result.Reuse, [.. result.Images.Select(image => EditComposite.Of(image, source))]);
    }

    // The same rectangle on the picture's pixels as on its latents.
    private static PixelMask Rectangle(double ratio)
    {
        var grid = new TokenGrid(LatentSide, LatentSide, Scene.Side / LatentSide);
        return StepCost.Rectangle(grid, ratio).Pixels;
    }

    private StepCost Cost()
    {
        var unet = Path.Combine(folder, "unet");
        var config = UNetConfig.Read(ConfigFile.Open(Path.Combine(unet, "config.json")));
        return new StepCost(new UNet2DConditionModel(config, WeightStore.Open(unet, ScalarType.Float32, CPU)), LatentSide, text: 77, steps: 2);
    }

    private sealed class StepClock : IPipelineObserver
    {
        private long _start;

        public double Seconds { get; private set; }

        public void Encoded(string name, Tensor value)
        {
        }

        public void Begun(IReadOnlyList<double> timesteps) => _start = Stopwatch.GetTimestamp();

        public void Stepped(int done, int steps, Tensor latents) => Seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;

        public void Warned(string warning)
        {
        }
    }
}
