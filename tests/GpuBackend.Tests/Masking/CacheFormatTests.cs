using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using SimServe.Policies.Costs;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Masking;

/// <summary>The invariants of masked execution whatever is cached of a template, in whatever numbers.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class CacheFormatTests : IDisposable
{
    private const double Rounding = 1e-4;

    private static readonly CacheFormat[] Formats =
        [.. Enum.GetValues<CacheVariant>().SelectMany(static variant => Enum.GetValues<CacheNumbers>().Select(numbers => new CacheFormat(variant, numbers)))];

    private readonly Dictionary<CacheFormat, (FluxModel Model, TemplateRecording Recording)> _recorded = [];

    // Of what storing loses: about twice the largest differences of final latents (-1..1) that were measured, 0.0005, 0.002 and 0.013.
    private static double BoundOf(CacheFormat format) => format.Numbers switch
    {
        CacheNumbers.BFloat16 => 0.001,
        CacheNumbers.Int8 => 0.004,
        CacheNumbers.Float8 => 0.025,
        _ => Rounding,
    };

    private static IEnumerable<TestCaseData> All() => Formats.Select(static format => new TestCaseData(format).SetArgDisplayNames(format.ToString()));

    private static IEnumerable<TestCaseData> Compressed() => Formats.Where(static format => format.IsCompressed).Select(static format => new TestCaseData(format).SetArgDisplayNames(format.ToString()));

    [TestCaseSource(nameof(All))]
    public void An_edit_is_that_of_uncompressed_block_inputs_but_for_what_its_numbers_lose(CacheFormat format)
    {
        var mask = Small.RandomMask(3, 0.3);
        using var expected = Small.Edit(Small.Harbour, mask);
        using var edit = Edit(format, mask);
        var difference = Small.LargestDifference(Finish(edit, Small.All(BlockMode.Cached)), Small.Finish(expected, Small.All(BlockMode.Cached)));
        TestContext.Out.WriteLine(
            $"{format}: largest difference of latents {difference:G3}, PSNR {ImageQuality.Psnr(edit.ToImage(), expected.ToImage()):0.0} dB, {edit.Recording.Bytes} bytes");
        Assert.That(difference, Is.Not.NaN.And.LessThan(BoundOf(format)));
    }

    [TestCaseSource(nameof(All))]
    public void A_mask_of_everything_equals_the_plain_model(CacheFormat format)
    {
        using var masked = Edit(format, EditMask.Everything(Small.Config.Grid));
        using var plain = Edit(format, EditMask.Everything(Small.Config.Grid));
        Assert.That(Small.LargestDifference(Finish(masked, Small.All(BlockMode.Cached)), Finish(plain, Small.All(BlockMode.Plain))), Is.Not.NaN.And.LessThan(Rounding));
    }

    // The template's residual takes away all that the model does not predict of it, but not what compressed rows lose.
    [TestCaseSource(nameof(All))]
    public void The_templates_own_prompt_and_seed_reproduce_it(CacheFormat format)
    {
        var template = Small.Harbour.Template;
        using var edit = Edit(format, Small.PixelMask(2), template.Prompt, template.Seed);
        Finish(edit, Small.All(BlockMode.Cached));
        var (image, exact) = (edit.ToImage(), BoundOf(format) <= Rounding);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Small.LargestLevels(image, template.Image), Is.LessThanOrEqualTo(1 + (exact ? 0 : (int)(BoundOf(format) * 127.5))));
            Assert.That(Enumerable.Range(0, image.Pixels.Length).Count(i => image.Pixels[i] != template.Image.Pixels[i] && !edit.Request.Mask.Pixels.Edited[i / 3]), Is.Zero);
        }
    }

    [TestCaseSource(nameof(All))]
    public void The_company_in_a_batch_never_changes_an_image(CacheFormat format)
    {
        using var alone = Edit(format, Small.RandomMask(1, 0.3), "a", 1);
        using var ahead = Edit(format, Small.RandomMask(2, 0.5), "b", 2);
        using var together = Edit(format, Small.RandomMask(1, 0.3), "a", 1);
        var modes = Small.All(BlockMode.Cached);
        Step([ahead], modes);
        Step([ahead, together], modes);
        Step([together, ahead], modes);
        Step([alone], modes);
        Step([alone], modes);
        Assert.That(Small.LargestDifference(Small.Values(together), Small.Values(alone)), Is.Not.NaN.And.LessThan(Rounding));
    }

    // Rounding may tip a stored number by a step: a hundredth of what storing loses altogether.
    [TestCaseSource(nameof(All))]
    public void How_many_blocks_from_the_start_are_recomputed_hardly_changes_the_latents(CacheFormat format)
    {
        var mask = Small.RandomMask(5, 0.3);
        using var cached = Edit(format, mask);
        var expected = Finish(cached, Small.All(BlockMode.Cached));
        for (var prefix = 1; prefix <= Small.Config.Transformer.Blocks; prefix++)
        {
            using var edit = Edit(format, mask);
            var difference = Small.LargestDifference(Finish(edit, Prefix(prefix)), expected);
            TestContext.Out.WriteLine($"{format}, {prefix} recomputed: {difference:G3}");
            Assert.That(difference, Is.Not.NaN.And.LessThan(Math.Max(Rounding, BoundOf(format) / 10)));
        }
    }

    [TestCaseSource(nameof(All))]
    public void What_resumes_from_cached_rows_is_refused_where_they_are_not_the_templates_own(CacheFormat format)
    {
        using var edit = Edit(format, Small.RandomMask(5, 0.3));
        BlockMode[] modes = [BlockMode.Cached, BlockMode.Cached, BlockMode.Recomputed, BlockMode.Cached, BlockMode.Cached];
        Assert.That(() => Step([edit], modes), format.Resumes(sizeof(float)) ? Throws.Nothing : Throws.ArgumentException.With.Message.Contains("from the first on"));
    }

    [TestCaseSource(nameof(All))]
    public void The_bytes_that_are_stored_and_loaded_are_those_that_policies_reckon_with(CacheFormat format)
    {
        using var edit = Edit(format, Small.RandomMask(1, 0.3));
        var shape = edit.Recording.Model.Config.ToShape();
        var rows = RowLoads.Order(Prefix(2), edit.UnmaskedTokens, format.Variant).Count * edit.UnmaskedTokens;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(edit.Recording.Bytes, Is.EqualTo(shape.TemplateCacheBytes(Small.Steps)));
            Assert.That((long)rows * edit.Recording.Layout[0].Format.RowBytes, Is.EqualTo(BatchCosts.Bytes(shape, 1, edit.ComputedTokens, Prefix(2))));
        }
    }

    [Test]
    public void Templates_of_two_formats_do_not_share_a_batch()
    {
        using var left = Edit(Formats[0], Small.RandomMask(1, 0.3));
        using var right = Edit(Formats[^1], Small.RandomMask(1, 0.3));
        Assert.That(() => Step([left, right], Small.All(BlockMode.Cached)), Throws.ArgumentException);
    }

    // Half a step of the row's own range in whole numbers; of floating point half a unit of the last of 4 digits, or of the least number.
    [TestCaseSource(nameof(Compressed))]
    public void A_stored_number_is_off_by_half_a_step_at_most(CacheFormat format)
    {
        const int Rows = 40;
        var (rowFormat, width) = (new RowFormat(format, Small.Config.Type, Small.Config.Transformer.Width), Small.Config.Transformer.Width);
        using var mode = torch.inference_mode();
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(5);
        var rows = torch.randn([Rows, format.Parts * width], generator: generator) * torch.logspace(-6, 3, Rows).unsqueeze(1);
        rows[3] = torch.zeros(format.Parts * width);
        rows[4, 2] = 1e4f;
        using var memory = HostMemory.Pageable((long)Rows * rowFormat.RowBytes);
        rowFormat.Store(rows, memory.Address);
        using var stored = rowFormat.Empty(Rows);
        unsafe
        {
            new ReadOnlySpan<byte>((void*)memory.Address, Rows * rowFormat.RowBytes).CopyTo(SimServe.GpuBackend.Native.TensorAddress.Span(stored));
        }

        var parts = rows.unflatten(1, [format.Parts, width]);
        var largest = parts.abs().amax([2], keepdim: true);
        var bound = format.Numbers == CacheNumbers.Int8 ? largest / 254 : torch.maximum(parts.abs() / 16, largest / 448 / 1024);
        var excess = (rowFormat.Expand(stored).unflatten(1, [format.Parts, width]) - parts).abs() - (bound * 1.0001);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(excess.max().item<float>(), Is.LessThanOrEqualTo(1e-12f));
            Assert.That(Small.LargestDifference(
                rowFormat.ThroughStorage(rows).data<float>().ToArray(), rowFormat.Expand(stored).contiguous().data<float>().ToArray()), Is.Zero, "recomputed rows lose the same");
        }
    }

    [Test]
    public void A_margin_is_computed_and_not_edited()
    {
        var mask = Small.PixelMask(4);
        using var edit = Edit(default, mask.Dilated(1));
        Finish(edit, Small.All(BlockMode.Cached));
        var (image, template) = (edit.ToImage(), Small.Harbour.Template.Image);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(edit.ComputedTokens, Is.GreaterThan(edit.MaskedTokens));
            Assert.That(edit.MaskedTokens, Is.EqualTo(mask.MaskedTokens));
            Assert.That(Enumerable.Range(0, image.Pixels.Length).Count(i => image.Pixels[i] != template.Pixels[i] && !mask.Pixels.Edited[i / 3]), Is.Zero);
        }
    }

    [TestCaseSource(nameof(All))]
    public void A_margin_of_everything_equals_the_plain_model(CacheFormat format)
    {
        var mask = Small.RandomMask(4, 0.2);
        using var wide = Edit(format, mask.Dilated(Small.Config.Grid.Columns));
        using var plain = Edit(format, mask);
        Assert.That(Small.LargestDifference(Finish(wide, Small.All(BlockMode.Cached)), Finish(plain, Small.All(BlockMode.Plain))), Is.Not.NaN.And.LessThan(Rounding));
    }

    [Test]
    public void Dilated_and_other_edits_share_a_batch([Values] CacheVariant variant)
    {
        var format = new CacheFormat(variant, CacheNumbers.AsModel);
        FluxEdit[] Two() => [Edit(format, Small.RandomMask(4, 0.2).Dilated(1), "a", 1), Edit(format, Small.RandomMask(6, 0.2), "b", 2)];
        var (together, alone) = (Two(), Two());
        Step(together, Small.All(BlockMode.Cached));
        Array.ForEach(alone, edit => Step([edit], Prefix(3)));
        using (Assert.EnterMultipleScope())
        {
            for (var member = 0; member < 2; member++)
            {
                Assert.That(Small.LargestDifference(Small.Values(together[member]), Small.Values(alone[member])), Is.Not.NaN.And.LessThan(Rounding));
            }
        }

        Array.ForEach([.. together, .. alone], static edit => edit.Dispose());
    }

    // On average over masks: a single edit may come out a little farther from full inference with a margin of one than without.
    [Test]
    public void The_wider_the_margin_the_nearer_an_edit_is_to_full_inference([Values] CacheVariant variant)
    {
        var format = new CacheFormat(variant, CacheNumbers.AsModel);
        double[] errors = [.. new[] { 0, 1, 2, 3, 8 }.Select(margin => Enumerable.Range(1, 12).Average(seed => Error(format, seed, margin)))];
        TestContext.Out.WriteLine(string.Join(", ", errors.Select(static error => $"{error:G3}")));
        Assert.That(errors.Zip(errors.Skip(1), static (narrow, wide) => narrow - wide), Is.All.GreaterThanOrEqualTo(0));
    }

    public void Dispose()
    {
        foreach (var (model, recording) in _recorded.Values)
        {
            recording.Dispose();
            model.Dispose();
        }
    }

    // A compact hole: scattered ones have no margin to speak of.
    private double Error(CacheFormat format, int seed, int margin)
    {
        var random = new RandomStream(seed, "hole");
        var (left, top) = (random.Next(6), random.Next(6));
        var mask = EditMask.FromTokens(Small.Config.Grid, [.. Enumerable.Range(0, 9).Select(token => ((top + (token / 3)) * 8) + left + (token % 3))]);
        using var edit = Edit(format, mask.Dilated(margin), $"prompt {seed}", seed);
        using var full = Edit(format, mask, $"prompt {seed}", seed);
        return Finish(edit, Small.All(BlockMode.Cached)).Zip(Finish(full, Small.All(BlockMode.Plain)), static (a, b) => (double)(a - b) * (a - b)).Average();
    }

    private static BlockMode[] Prefix(int recomputed) =>
        [.. Enumerable.Range(0, Small.Config.Transformer.Blocks).Select(block => block < recomputed ? BlockMode.Recomputed : BlockMode.Cached)];

    private FluxEdit Edit(CacheFormat format, EditMask mask, string prompt = "a red boat", long seed = 99)
    {
        if (!_recorded.TryGetValue(format, out var recorded))
        {
            var model = new FluxModel(Small.Config with { Cache = format }, Small.Model.Seed);
            _recorded.Add(format, recorded = (model, new TemplateRecorder(model).Record(Small.Harbour.Template, Small.Steps)));
        }

        return new FluxEdit(recorded.Model, recorded.Recording, new Request
        {
            Id = default, ArrivesAt = default, Template = default, Mask = mask, Steps = Small.Steps, Prompt = prompt, Seed = seed,
        });
    }

    private static void Step(IReadOnlyList<FluxEdit> batch, BlockMode[] modes)
    {
        using var rows = new DirectTemplateRows(batch);
        batch[0].Recording.Model.Step(batch, modes, rows);
    }

    private static float[] Finish(FluxEdit edit, BlockMode[] modes)
    {
        while (!edit.IsFinished)
        {
            Step([edit], modes);
        }

        return Small.Values(edit);
    }
}
