using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.DiT;
using SimServe.GpuBackend.Models.Shapes;
using SimServe.GpuBackend.Models.StableDiffusion3;
using SimServe.GpuBackend.Tests.Models.UNets;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Masking.Denoisers;

/// <summary>What Stable Diffusion 3 and DiT do apart from the invariants of all families.</summary>
public sealed class MaskedTransformerTests
{
    private static readonly DenoiserCase[] Families = [DenoiserCases.SD3, DenoiserCases.DiT];

    [TestCaseSource(nameof(Families))]
    public void Cached_keys_and_values_give_the_image_of_cached_inputs(object family)
    {
        var tiny = (DenoiserCase)family;
        var denoiser = tiny.Open();
        using var weights = denoiser.Weights;
        using var inputs = tiny.Record(denoiser, tiny.Template(1));
        using var keys = tiny.Record(denoiser, tiny.Template(1), options: new RecordingOptions(ReuseVariant.KeysAndValues));
        using var one = Edit(tiny, inputs, 0.3);
        using var other = Edit(tiny, keys, 0.3);
        var executor = new LatentStepExecutor(denoiser);
        while (!one.IsFinished)
        {
            executor.Run([one], ReuseModes.Cached);
            executor.Run([other], ReuseModes.Cached);
        }

        Assert.That(SmallUNets.Difference(one.Latents, other.Latents), Is.Not.NaN.And.LessThan(2e-4));
    }

    [TestCaseSource(nameof(Families))]
    public void Operations_are_those_that_policies_reckon_with(object family)
    {
        var tiny = (DenoiserCase)family;
        var denoiser = tiny.Open();
        using var weights = denoiser.Weights;
        using var recording = tiny.Record(denoiser, tiny.Template(1));
        var shape = Shape(tiny);
        foreach (var ratio in new[] { 0.1, 0.5 })
        {
            using var mode = inference_mode();
            using var scope = NewDisposeScope();
            using var edit = Edit(tiny, recording, ratio);
            using var meter = OperationMeter.Begin();
            _ = denoiser.Masked(Lanes(edit), [edit.Reuse(0), edit.Reuse(1)], recording.Options, ReuseModes.Cached);
            var masked = edit.Masks.Finest.Masked.Length;
            var expected = shape.Outside.Flops + shape.Blocks.Sum(block => block.MaskedWork(masked).Flops) - LeftOut(tiny, shape, masked);
            Assert.That(meter.Flops, Is.EqualTo(2 * expected), $"{tiny} at {ratio}");
        }
    }

    [TestCaseSource(nameof(Families))]
    public void Plain_operations_are_those_that_policies_reckon_with(object family)
    {
        var tiny = (DenoiserCase)family;
        var denoiser = tiny.Open();
        using var weights = denoiser.Weights;
        using var recording = tiny.Record(denoiser, tiny.Template(1));
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var edit = Edit(tiny, recording, 0.3);
        using var meter = OperationMeter.Begin();
        _ = denoiser.Plain(Lanes(edit));
        Assert.That(meter.Flops, Is.EqualTo(2 * Shape(tiny).ForwardWork.Flops));
    }

    [TestCaseSource(nameof(Families))]
    public void Tiles_are_refused(object family)
    {
        var tiny = (DenoiserCase)family;
        var denoiser = tiny.Open();
        using var weights = denoiser.Weights;
        using var recording = tiny.Record(denoiser, tiny.Template(1));
        using var edit = Edit(tiny, recording, 0.3);
        Assert.That(
            () => new LatentStepExecutor(denoiser).Run([edit], new ReuseModes { TileSide = 4 }), Throws.ArgumentException.With.Message.Contains("no convolutions"));
    }

    // What a masked pass leaves out beside the blocks: the last layer of unmasked tokens, and in Stable Diffusion 3's last block the queries of text that goes nowhere.
    private static long LeftOut(DenoiserCase tiny, ModelShape shape, int masked)
    {
        const int Patch = 4;
        var (width, tokens) = (shape.Blocks[0].Width, shape.Grid.Count);
        var isText = tiny.Name == DenoiserCases.SD3.Name;
        var last = 2L * width * Patch * (isText ? 4 : 8) * (tokens - masked);
        return isText ? last + (shape.TextTokens * ((2L * width * width) + (4L * width * (tokens + shape.TextTokens)))) : last;
    }

    private static ModelShape Shape(DenoiserCase tiny)
    {
        var options = new ShapeOptions { Name = "tiny", Height = 96, Width = 80, TextTokens = tiny.Name == DenoiserCases.SD3.Name ? 5 : 0, BytesPerElement = 4 };
        return tiny.Name == DenoiserCases.SD3.Name
            ? SD3TransformerConfig.Read(ConfigFile.Parse("config.json", DenoiserCases.SD3Config)).ToShape(options)
            : DiTTransformerConfig.Read(ConfigFile.Parse("config.json", DenoiserCases.DiTConfig)).ToShape(options);
    }

    private static DenoiserBatch Lanes(LatentEdit edit) => new()
    {
        Sample = edit.Input().expand(2, -1, -1, -1),
        Timesteps = [edit.Timestep, edit.Timestep],
        Conditions = edit.Request.Branches,
    };

    private static LatentEdit Edit(DenoiserCase tiny, LatentRecording recording, double ratio) => new(
        recording,
        new LatentEditRequest { Mask = tiny.Mask(2, 4, ratio), Branches = tiny.Guided(8), Guidance = 3, Noise = tiny.Noise(8) },
        tiny.Scheduler());
}
