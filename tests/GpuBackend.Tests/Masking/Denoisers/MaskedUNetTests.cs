using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.Masking.Denoisers.UNets;
using SimServe.GpuBackend.Models.Shapes;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Tests.Models.UNets;
using SimServe.Policies;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Masking.Denoisers;

/// <summary>What only U-Nets do: pooled masks, transformers in full among cached ones, and convolutions on tiles.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class MaskedUNetTests : IDisposable
{
    private const double Rounding = 2e-4;

    private readonly UNet2DConditionModel _model = SmallUNets.UNet();
    private readonly MaskedUNet _denoiser;
    private readonly LatentRecording _recording;
    private readonly LatentRecording _maps;

    private static IEnumerable<string> Ways => [.. BackboneOptimisations.Names, "all"];

    public MaskedUNetTests()
    {
        _denoiser = new MaskedUNet(_model);
        _recording = DenoiserCases.UNet.Record(_denoiser, DenoiserCases.UNet.Template(1));
        _maps = DenoiserCases.UNet.Record(_denoiser, DenoiserCases.UNet.Template(1), options: new RecordingOptions(Maps: true));
    }

    public void Dispose()
    {
        _recording.Dispose();
        _maps.Dispose();
        _model.Dispose();
    }

    [Test]
    public void A_coarse_token_is_masked_when_any_under_it_is()
    {
        var masks = new MaskPyramid(EditMask.FromTokens(new TokenGrid(5, 3, 8), [3, 14]));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(masks.At(2, 3).Masked, Is.EqualTo([1, 5]));
            Assert.That(masks.At(1, 2).Masked, Is.EqualTo([0, 1]));
            Assert.That(() => masks.At(2, 2), Throws.ArgumentException.With.Message.Contains("5x3"));
        }
    }

    [Test]
    public void Transformers_in_full_are_the_plain_ones()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var edit = Edit(_recording, Mask(1, 0.3));
        var plain = _denoiser.Plain(Lanes(edit));
        var full = Masked(edit, new ReuseModes { Transformers = [.. Enumerable.Repeat(BlockMode.Plain, _model.Transformers)] });
        var half = Masked(edit, new ReuseModes { Transformers = [.. Enumerable.Range(0, _model.Transformers).Select(static i => i % 2 == 0 ? BlockMode.Plain : BlockMode.Cached)] });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Difference(full, plain), Is.Zero);
            Assert.That(Difference(half, plain), Is.GreaterThan(Rounding));
            Assert.That(Difference(half, Masked(edit, ReuseModes.Cached)), Is.GreaterThan(Rounding));
        }
    }

    [Test]
    public void An_optimised_model_predicts_the_same_from_the_same_recording([ValueSource(nameof(Ways))] string name, [Values] bool keys, [Values] bool tiles)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var optimised = SmallUNets.UNet(optimisations: name == "all" ? BackboneOptimisations.All : BackboneOptimisations.None.With(name));
        var denoiser = new MaskedUNet(optimised);
        var options = new RecordingOptions(keys ? ReuseVariant.KeysAndValues : ReuseVariant.BlockInputs, Maps: true);
        using var recording = DenoiserCases.UNet.Record(_denoiser, DenoiserCases.UNet.Template(1), options: options);
        using var edit = Edit(recording, Mask(1, 0.3));
        var modes = new ReuseModes { TileSide = tiles ? 4 : null };
        var got = denoiser.Masked(Lanes(edit), [edit.Reuse(0), edit.Reuse(1)], options, modes);
        Assert.That(Difference(got, Masked(edit, modes)), Is.Not.NaN.And.LessThan(1e-5));
    }

    [Test]
    public void Cached_keys_and_values_give_the_image_of_cached_inputs([Values] bool tiles)
    {
        using var keys = DenoiserCases.UNet.Record(_denoiser, DenoiserCases.UNet.Template(1), options: new RecordingOptions(ReuseVariant.KeysAndValues, Maps: true));
        var modes = new ReuseModes { TileSide = tiles ? 4 : null };
        using var one = Edit(_maps, Mask(2, 0.3));
        using var other = Edit(keys, Mask(2, 0.3));
        Finish(one, modes);
        Finish(other, modes);
        Assert.That(Difference(one.Latents, other.Latents), Is.Not.NaN.And.LessThan(Rounding));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(4)]
    [TestCase(5)]
    public void Tiles_that_cover_the_map_equal_convolutions_in_full(int side)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var edit = Edit(_maps, EditMask.Everything(DenoiserCases.UNet.Grid(1)));
        Assert.That(Difference(Masked(edit, new ReuseModes { TileSide = side }), Masked(edit, ReuseModes.Cached)), Is.Not.NaN.And.LessThan(1e-5));
    }

    [Test]
    public void One_tile_of_the_whole_map_equals_convolutions_in_full_whatever_the_mask()
    {
        using var edit = Edit(_maps, Mask(3, 0.2));
        using var full = Edit(_maps, Mask(3, 0.2));
        Finish(edit, new ReuseModes { TileSide = 16 });
        Finish(full, ReuseModes.Cached);
        Assert.That(Difference(edit.Latents, full.Latents), Is.Not.NaN.And.LessThan(Rounding));
    }

    [Test]
    public void Small_tiles_change_the_image_and_by_how_much_is_reported()
    {
        foreach (var side in new[] { 1, 2, 4, 8 })
        {
            using var edit = Edit(_maps, DenoiserCases.UNet.Corner(1));
            using var full = Edit(_maps, DenoiserCases.UNet.Corner(1));
            Finish(edit, new ReuseModes { TileSide = side });
            Finish(full, ReuseModes.Cached);
            var difference = Difference(edit.Latents, full.Latents);
            TestContext.Out.WriteLine($"tiles of {side}: largest difference of latents {difference:G3}, which reach {full.Latents.abs().max().ToDouble():G3}");
            Assert.That(difference, Is.GreaterThan(Rounding).And.LessThan(full.Latents.abs().max().ToDouble()));
        }
    }

    [Test]
    public void Operations_are_those_that_policies_reckon_with_and_the_first_projections_of_unmasked_tokens([Values(0.05, 0.3, 1)] double ratio)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var edit = Edit(_recording, ratio == 1 ? EditMask.Everything(DenoiserCases.UNet.Grid(1)) : Mask(4, ratio));
        using var meter = OperationMeter.Begin();
        _ = Masked(edit, ReuseModes.Cached);
        var shape = Shape();
        var expected = shape.Outside.Flops + shape.Blocks.Sum(block => block.MaskedWork(block.IsTokenWise ? MaskedOf(edit, block) : 0).Flops);
        var projected = shape.Blocks.Skip(1).Zip(shape.Blocks).Where(static pair => pair.First.IsTokenWise && !pair.Second.IsTokenWise)
            .Sum(pair => 2L * pair.First.Width * pair.First.Width * (pair.First.ImageTokens - MaskedOf(edit, pair.First)));
        Assert.That(meter.Flops, Is.EqualTo(2 * (expected + projected)), "two lanes");
    }

    [Test]
    public void Plain_operations_are_those_that_policies_reckon_with()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var edit = Edit(_recording, Mask(4, 0.3));
        using var meter = OperationMeter.Begin();
        _ = _denoiser.Plain(Lanes(edit));
        Assert.That(meter.Flops, Is.EqualTo(2 * Shape().ForwardWork.Flops));
    }

    [Test]
    public void Convolutions_on_tiles_compute_the_tiles_pixels_only()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var edit = Edit(_maps, DenoiserCases.UNet.Corner(1));
        var (dense, tiled) = (Convolutions(edit, ReuseModes.Cached), Convolutions(edit, new ReuseModes { TileSide = 2 }));

        // The corner is one tile of 2x2 at both resolutions, of maps of 110 and 30 pixels.
        Assert.That((double)tiled / dense, Is.GreaterThan(4.0 / 110).And.LessThan(4.0 / 30));
    }

    [Test]
    public void The_bytes_of_a_recording_are_those_of_a_templates_cache([Values] CacheVariant variant)
    {
        var shape = Shape() with { Branches = 2, Cache = new CacheFormat(variant, CacheNumbers.AsModel) };
        var kept = variant == CacheVariant.KeysValues ? ReuseVariant.KeysAndValues : ReuseVariant.BlockInputs;
        using var recording = DenoiserCases.UNet.Record(_denoiser, DenoiserCases.UNet.Template(1), options: new RecordingOptions(kept));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(recording.Bytes, Is.EqualTo(shape.TemplateCacheBytes(steps: 4)));
            Assert.That(recording.Bytes, Is.EqualTo(Enumerable.Range(0, shape.Blocks.Count).Sum(block => shape.BlockCacheBytes(block, steps: 4))));
        }
    }

    [Test]
    public void Modes_that_the_model_has_not_are_refused()
    {
        using var edit = Edit(_recording, Mask(4, 0.3));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Finish(edit, new ReuseModes { Transformers = [BlockMode.Cached] }), Throws.ArgumentException.With.Message.Contains($"{_model.Transformers} transformers"));
            Assert.That(
                () => Finish(edit, new ReuseModes { Transformers = [.. Enumerable.Repeat(BlockMode.Recomputed, _model.Transformers)] }), Throws.ArgumentException.With.Message.Contains("Recomputed"));
            Assert.That(() => Finish(edit, new ReuseModes { TileSide = 4 }), Throws.ArgumentException.With.Message.Contains("without feature maps"));
            Assert.That(edit.Step, Is.Zero);
        }
    }

    [Test]
    public void ControlNets_act_on_templates_and_edits_alike([Values] bool tiles)
    {
        using var net = SmallUNets.ControlNet();
        using var condition = net.EmbedCondition(rand([1, 3, 88, 80], generator: new Generator(3, CPU)));
        ControlResiduals? Control(UNetInput input, int step) => step == 2 ? null : net.Forward(input, condition);
        var family = DenoiserCases.UNet;
        using var recording = family.Record(_denoiser, family.Template(1) with { Control = Control }, options: new RecordingOptions(Maps: true));
        var modes = new ReuseModes { TileSide = tiles ? 4 : null };
        using var same = new LatentEdit(recording, Request(Mask(5, 0.3), 1) with { Control = Control, KeepsToTemplate = true }, family.Scheduler());
        using var controlled = new LatentEdit(recording, Request(Mask(5, 0.3), 9) with { Control = Control }, family.Scheduler());
        using var free = new LatentEdit(recording, Request(Mask(5, 0.3), 9), family.Scheduler());
        var executor = new LatentStepExecutor(_denoiser);
        while (!same.IsFinished)
        {
            executor.Run([free, same, controlled], modes);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Difference(same.Latents, recording.Template.Image!), Is.Not.NaN.And.LessThan(Rounding));
            Assert.That(Difference(controlled.Latents, free.Latents), Is.GreaterThan(0.01));
        }
    }

    private long Convolutions(LatentEdit edit, ReuseModes modes)
    {
        using var meter = OperationMeter.Begin();
        _ = Masked(edit, modes);
        return meter.ConvolutionFlops;
    }

    private ModelShape Shape() => _model.Config.ToShape(new ShapeOptions { Name = "tiny", Height = 88, Width = 80, TextTokens = 5, BytesPerElement = 4 });

    private static int MaskedOf(LatentEdit edit, BlockShape block) => block.ImageTokens == edit.Masks.Mask.Grid.Count
        ? edit.Masks.Finest.Masked.Length
        : edit.Masks.At(6, 5).Masked.Length;

    private Tensor Masked(LatentEdit edit, ReuseModes modes) => _denoiser.Masked(Lanes(edit), [edit.Reuse(0), edit.Reuse(1)], edit.Recording.Options, modes);

    private static DenoiserBatch Lanes(LatentEdit edit) => new()
    {
        Sample = edit.Input().expand(2, -1, -1, -1),
        Timesteps = [edit.Timestep, edit.Timestep],
        Conditions = edit.Request.Branches,
    };

    private static EditMask Mask(long seed, double ratio) => DenoiserCases.UNet.Mask(1, seed, ratio);

    private static LatentEditRequest Request(EditMask mask, long seed) => new()
    {
        Mask = mask,
        Branches = DenoiserCases.UNet.Guided(seed),
        Guidance = 3,
        Noise = DenoiserCases.UNet.Noise(seed),
    };

    private static LatentEdit Edit(LatentRecording recording, EditMask mask) => new(recording, Request(mask, 8), DenoiserCases.UNet.Scheduler());

    private void Finish(LatentEdit edit, ReuseModes modes)
    {
        var executor = new LatentStepExecutor(_denoiser);
        while (!edit.IsFinished)
        {
            executor.Run([edit], modes);
        }
    }

    private static double Difference(Tensor got, Tensor want) => SmallUNets.Difference(got, want);
}
