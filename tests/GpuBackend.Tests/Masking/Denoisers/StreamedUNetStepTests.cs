using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.Masking.Denoisers.UNets;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Shapes;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Tests.Models.UNets;
using SimServe.Policies;
using SimServe.Policies.Costs;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Masking.Denoisers;

/// <summary>Steps whose rows are streamed block by block: the latents of recorded layers, and no row more than policies reckon with.</summary>
[TestFixture(CacheVariant.BlockInput)]
[TestFixture(CacheVariant.KeysValues)]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class StreamedUNetStepTests : IDisposable
{
    private static readonly DenoiserCase Family = DenoiserCases.DeepUNet;

    private readonly UNetConfig _config = UNetConfig.Read(ConfigFile.Parse("config.json", DenoiserCases.DeepUNetConfig));
    private readonly MaskedUNet _denoiser = (MaskedUNet)Family.Open();
    private readonly RecordingOptions _options;
    private readonly ModelShape _shape;
    private readonly LatentRecording _first;
    private readonly LatentRecording _second;

    public StreamedUNetStepTests(CacheVariant variant)
    {
        _options = new RecordingOptions(variant == CacheVariant.KeysValues ? ReuseVariant.KeysAndValues : ReuseVariant.BlockInputs);
        _shape = Shape(variant, rows: 11, columns: 10);
        _first = Family.Record(_denoiser, Family.Template(1), options: _options);
        _second = Family.Record(_denoiser, Family.Template(2), options: _options);
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _denoiser.Weights.Dispose();
    }

    [Test]
    public void Streamed_rows_give_the_latents_of_recorded_layers([Values] bool guided)
    {
        using var streamed = OnPath(_first, Mask(1, 0.3), 8, guided);
        using var recorded = OnRecording(_first, Mask(1, 0.3), 8, guided);
        while (!streamed.IsFinished)
        {
            Step([(streamed, _first)], BlockMode.Cached);
            new LatentStepExecutor(_denoiser).Run([recorded], ReuseModes.Cached);
            Assert.That(SmallUNets.Difference(streamed.Latents, recorded.Latents), Is.Zero);
        }
    }

    [Test]
    public void Members_of_a_batch_may_differ_in_mask_step_template_and_guidance()
    {
        (LatentEdit Edit, LatentRecording Recording)[] streamed =
            [(OnPath(_first, Mask(1, 0.2), 5, true), _first), (OnPath(_second, Corner, 6, false), _second), (OnPath(_second, Mask(2, 0.9), 7, true), _second)];
        LatentEdit[] recorded = [OnRecording(_first, Mask(1, 0.2), 5, true), OnRecording(_second, Corner, 6, false), OnRecording(_second, Mask(2, 0.9), 7, true)];
        foreach (var members in new int[][] { [1], [2, 1], [0, 1, 2], [2, 0] })
        {
            Step([.. members.Select(member => streamed[member])], BlockMode.Cached);
            new LatentStepExecutor(_denoiser).Run([.. members.Select(member => recorded[member])], ReuseModes.Cached);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(streamed.Select(static member => member.Edit.Step), Is.EqualTo([2, 3, 3]));
            for (var member = 0; member < recorded.Length; member++)
            {
                Assert.That(SmallUNets.Difference(streamed[member].Edit.Latents, recorded[member].Latents), Is.Zero, $"member {member}");
                streamed[member].Edit.Dispose();
                recorded[member].Dispose();
            }
        }
    }

    [Test]
    public void Rows_are_asked_for_that_the_shape_loads_once_and_in_order()
    {
        using var one = OnPath(_first, Mask(1, 0.3), 8, true);
        using var other = OnPath(_second, Corner, 9, false);
        var rows = new RecordedRows(_shape, [(one, _first), (other, _second)]);
        var watched = new WatchedRows(rows);
        new StreamedUNetStep(_denoiser, _shape, RecordedRows.Expand).Run([one, other], Modes(BlockMode.Cached), watched);
        var all = Enumerable.Range(0, _shape.Blocks.Count);
        int[] loading = [.. all.Where(block => _shape.LoadedRowBytes(block) > 0)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(watched.Asked.Select(static load => load.Block), Is.EqualTo(loading));
            Assert.That(watched.Asked.Select(static load => load.Resume), Is.All.False);
            Assert.That(new UNetLoads(_shape).Blocks, Is.EqualTo(loading));
            Assert.That(watched.ReleasedBlocks, Is.EqualTo(all));
            Assert.That(watched.FinishedBlocks, Is.EqualTo(all));
            Assert.That(rows.Bytes, Is.EqualTo(loading.Sum(block => _shape.LoadedRowBytes(block) * ((2 * Unmasked(one, block)) + Unmasked(other, block)))));
        }
    }

    [Test]
    public void The_bytes_are_those_that_policies_reckon_with_where_the_mask_has_its_share_at_every_level()
    {
        var family = Family with { Latents = [1, 4, 16, 16] };
        var shape = Shape(_shape.Cache.Variant, rows: 16, columns: 16);
        using var recording = family.Record(_denoiser, family.Template(1), options: _options, steps: 1);
        int[] quarter = [.. Enumerable.Range(0, 256).Where(static token => token / 16 < 8 && token % 16 < 8)];
        using var edit = new LatentEdit(
            recording.Path, 1, Request(EditMask.FromTokens(family.Grid(1), quarter), 8, true) with { Noise = family.Noise(8) }, family.Scheduler(steps: 1));
        var rows = new RecordedRows(shape, [(edit, recording)]);
        new StreamedUNetStep(_denoiser, shape, RecordedRows.Expand).Run([edit], [.. shape.Blocks.Select(static _ => BlockMode.Cached)], rows);
        Assert.That(rows.Bytes, Is.EqualTo(BatchCosts.Bytes(shape, members: 1, quarter.Length, [.. shape.Blocks.Select(static _ => BlockMode.Cached)])));
    }

    [Test]
    public void Rows_of_a_level_that_is_masked_everywhere_are_not_asked_for()
    {
        // One of every four tokens: at coarser levels everything.
        int[] scattered = [.. Enumerable.Range(0, 110).Where(static token => token / 10 % 2 == 0 && token % 10 % 2 == 0)];
        using var streamed = OnPath(_first, EditMask.FromTokens(Family.Grid(1), scattered), 8, true);
        using var recorded = OnRecording(_first, streamed.Request.Mask, 8, true);
        var watched = Step([(streamed, _first)], BlockMode.Cached);
        new LatentStepExecutor(_denoiser).Run([recorded], ReuseModes.Cached);
        var loads = new UNetLoads(_shape);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(watched.Asked.Select(static load => load.Block), Is.EqualTo(loads.Blocks.Where(block => loads.Level(block) == (11, 10))).And.Not.Empty);
            Assert.That(watched.FinishedBlocks, Is.EqualTo(Enumerable.Range(0, _shape.Blocks.Count)));
            Assert.That(SmallUNets.Difference(streamed.Latents, recorded.Latents), Is.Zero);
        }
    }

    [Test]
    public void Levels_of_loaded_rows_are_those_of_the_block_before()
    {
        var loads = new UNetLoads(_shape);
        using (Assert.EnterMultipleScope())
        {
            for (var block = 0; block < _shape.Blocks.Count; block++)
            {
                var isLoaded = block > 0 && _shape.Blocks[block - 1].IsTokenWise;
                Assert.That(loads.Level(block) is { } level ? level.Rows * level.Columns : 0, Is.EqualTo(isLoaded ? _shape.Blocks[block - 1].ImageTokens : 0));
            }

            Assert.That(loads.Blocks.Select(block => loads.Level(block)).Distinct(), Is.EquivalentTo(new (int, int)?[] { (11, 10), (6, 5), (3, 3), (2, 2) }));
        }
    }

    [Test]
    public void Plain_steps_ask_for_nothing_and_mark_every_block()
    {
        using var streamed = OnPath(_first, Mask(1, 0.3), 8, true);
        using var recorded = OnRecording(_first, Mask(1, 0.3), 8, true);
        var watched = Step([(streamed, _first)], BlockMode.Plain);
        new LatentStepExecutor(_denoiser).Run([recorded], null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(watched.Asked, Is.Empty);
            Assert.That(watched.ReleasedBlocks, Is.EqualTo(Enumerable.Range(0, _shape.Blocks.Count)));
            Assert.That(watched.FinishedBlocks, Is.EqualTo(watched.ReleasedBlocks));
            Assert.That(SmallUNets.Difference(streamed.Latents, recorded.Latents), Is.Zero);
        }
    }

    [Test]
    public void Impossible_steps_are_refused_and_nobody_advances()
    {
        using var edit = OnPath(_first, Mask(1, 0.3), 8, true);
        using var detached = OnPath(_first, Mask(1, 0.3), 8, true);
        detached.Detach();
        var step = new StreamedUNetStep(_denoiser, _shape, RecordedRows.Expand);
        var other = new StreamedUNetStep(_denoiser, Shape(_shape.Cache.Variant, 16, 16), RecordedRows.Expand);
        var tooFew = new StreamedUNetStep(_denoiser, _shape, static (_, stored) => stored.narrow(0, 0, 1).to(ScalarType.Float32));
        var rows = new RecordedRows(_shape, [(edit, _first)]);
        BlockMode[] mixed = [BlockMode.Plain, .. Modes(BlockMode.Cached).Skip(1)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => step.Run([edit], mixed, rows), Throws.ArgumentException.With.Message.Contains("all of them Cached or all Plain"));
            Assert.That(() => step.Run([edit], Modes(BlockMode.Recomputed), rows), Throws.ArgumentException.With.Message.Contains("cannot be resumed"));
            Assert.That(() => step.Run([edit], [BlockMode.Cached], rows), Throws.ArgumentException.With.Message.Contains($"{_shape.Blocks.Count} blocks"));
            Assert.That(() => step.Run([edit, edit], Modes(BlockMode.Cached), rows), Throws.ArgumentException.With.Message.Contains("only once"));
            Assert.That(() => step.Run([edit, detached], Modes(BlockMode.Cached), rows), Throws.InvalidOperationException.With.Message.Contains("detached"));
            Assert.That(() => other.Run([edit], [.. Shape(_shape.Cache.Variant, 16, 16).Blocks.Select(static _ => BlockMode.Cached)], rows), Throws.ArgumentException.With.Message.Contains("16x16"));
            Assert.That(() => tooFew.Run([edit], Modes(BlockMode.Cached), rows), Throws.InvalidOperationException.With.Message.Contains("given 1 rows"));
            Assert.That(edit.Step, Is.Zero);
        }
    }

    [Test]
    public void A_step_leaves_no_tensor_behind()
    {
        using var edit = OnPath(_first, Mask(1, 0.3), 8, true);
        Step([(edit, _first)], BlockMode.Cached);
        var before = LiveTensors.Settled();
        Step([(edit, _first)], BlockMode.Cached);
        Step([(edit, _first)], BlockMode.Plain);
        Assert.That(LiveTensors.Count(), Is.EqualTo(before));
    }

    private static EditMask Corner => Family.Corner(1);

    private static EditMask Mask(long seed, double ratio) => Family.Mask(1, seed, ratio);

    private static LatentEditRequest Request(EditMask mask, long seed, bool guided) => new()
    {
        Mask = mask,
        Branches = guided ? Family.Guided(seed) : [Family.Condition(seed)],
        Guidance = 3,
        Noise = Family.Noise(seed),
    };

    private static LatentEdit OnPath(LatentRecording recording, EditMask mask, long seed, bool guided) =>
        new(recording.Path, recording.Denoiser.TokenSide, Request(mask, seed, guided), Family.Scheduler());

    private static LatentEdit OnRecording(LatentRecording recording, EditMask mask, long seed, bool guided) => new(recording, Request(mask, seed, guided), Family.Scheduler());

    private int Unmasked(LatentEdit edit, int block)
    {
        var (rows, columns) = new UNetLoads(_shape).Level(block)!.Value;
        return edit.Masks.At(rows, columns).Unmasked.Length;
    }

    private BlockMode[] Modes(BlockMode mode) => [.. Enumerable.Repeat(mode, _shape.Blocks.Count)];

    private WatchedRows Step((LatentEdit Edit, LatentRecording Recording)[] batch, BlockMode mode)
    {
        var watched = new WatchedRows(new RecordedRows(_shape, batch));
        new StreamedUNetStep(_denoiser, _shape, RecordedRows.Expand).Run([.. batch.Select(static member => member.Edit)], Modes(mode), watched);
        return watched;
    }

    private ModelShape Shape(CacheVariant variant, int rows, int columns) =>
        _config.ToShape(new ShapeOptions { Name = "tiny", Height = 8 * rows, Width = 8 * columns, TextTokens = 5, BytesPerElement = 4 })
            with { Branches = 2, Cache = new CacheFormat(variant, CacheNumbers.AsModel) };
}
