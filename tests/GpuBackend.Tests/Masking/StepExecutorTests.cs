using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Masking;

/// <summary>The invariants of masked execution.</summary>
public sealed class StepExecutorTests
{
    private const double Rounding = 1e-4;

    [Test]
    public void A_mask_of_everything_equals_the_plain_model()
    {
        using var masked = Small.Edit(Small.Harbour, EditMask.Everything(Small.Config.Grid));
        using var plain = Small.Edit(Small.Harbour, EditMask.Everything(Small.Config.Grid));
        foreach (var mode in new[] { BlockMode.Cached, BlockMode.Recomputed })
        {
            Small.Step([masked], Small.All(mode));
            Small.Step([plain], Small.All(BlockMode.Plain));
            Assert.That(Small.LargestDifference(Small.Values(masked), Small.Values(plain)), Is.Not.NaN.And.LessThan(Rounding));
        }
    }

    [Test]
    public void The_plain_mode_is_the_plain_model()
    {
        using var edit = Small.Edit(Small.Harbour, EditMask.Everything(Small.Config.Grid), "a tall ship", 5);
        using var velocity = Small.Model.Velocity(edit.Latents, 1, Small.Prompts.Encode("a tall ship"));
        using var expected = edit.Latents + ((velocity + edit.Template.Residuals[0]) * (edit.Template.Sigmas[1] - 1));
        Small.Step([edit], Small.All(BlockMode.Plain));
        Assert.That(Small.LargestDifference(Small.Values(edit), expected.data<float>().ToArray()), Is.Not.NaN.And.LessThan(Rounding));
    }

    [Test]
    public void The_templates_own_prompt_and_seed_reproduce_it_whatever_the_mask(
        [Values(BlockMode.Cached, BlockMode.Recomputed, BlockMode.Plain)] BlockMode mode, [Range(1, 4)] int seed)
    {
        var template = Small.Harbour.Template;
        using var edit = Small.Edit(Small.Harbour, seed % 2 == 0 ? Small.PixelMask(seed) : Small.RandomMask(seed, 0.15 * seed), template.Prompt, template.Seed);
        Small.Finish(edit, Small.All(mode));
        var image = edit.ToImage();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Small.LargestLevels(image, template.Image), Is.LessThanOrEqualTo(1));
            AssertUnmaskedPixelsEqual(image, template.Image, edit.Request.Mask);
        }
    }

    [Test]
    public void Where_blocks_get_their_rows_from_never_changes_the_latents([Range(1, 8)] int seed)
    {
        var random = new RandomStream(seed, "modes");
        BlockMode[] mixture = [.. Enumerable.Range(0, Small.Config.Transformer.Blocks).Select(_ => random.Next(2) == 0 ? BlockMode.Cached : BlockMode.Recomputed)];
        var mask = Small.RandomMask(seed, 0.3);
        using var cached = Small.Edit(Small.Harbour, mask);
        using var recomputed = Small.Edit(Small.Harbour, mask);
        using var mixed = Small.Edit(Small.Harbour, mask);
        var expected = Small.Finish(cached, Small.All(BlockMode.Cached));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Small.LargestDifference(Small.Finish(recomputed, Small.All(BlockMode.Recomputed)), expected), Is.Not.NaN.And.LessThan(Rounding));
            Assert.That(Small.LargestDifference(Small.Finish(mixed, mixture), expected), Is.Not.NaN.And.LessThan(Rounding), string.Join(' ', mixture));
        }
    }

    [Test]
    public void The_company_in_a_batch_never_changes_an_image([Values] BlockMode mode)
    {
        FluxEdit[] together = Three();
        FluxEdit[] alone = Three();
        try
        {
            Small.Step([together[1]], Small.All(mode));
            Small.Step([together[2]], Small.All(mode));
            Small.Step([together[2], together[1]], Small.All(mode));
            for (var step = 0; step < 2; step++)
            {
                Small.Step(together, Small.All(mode));
            }

            Assert.That(together.Select(static edit => edit.Step), Is.EqualTo([2, 4, 4]));
            for (var member = 0; member < 3; member++)
            {
                while (alone[member].Step < together[member].Step)
                {
                    Small.Step([alone[member]], Small.All(mode));
                }

                Assert.That(Small.LargestDifference(Small.Values(together[member]), Small.Values(alone[member])), Is.Not.NaN.And.LessThan(Rounding));
            }
        }
        finally
        {
            Array.ForEach([.. together, .. alone], static edit => edit.Dispose());
        }
    }

    [Test]
    public void A_batch_may_mix_everything_masked_with_little_masked_and_any_modes([Range(1, 4)] int seed)
    {
        var random = new RandomStream(seed, "modes");
        BlockMode[] mixture = [.. Enumerable.Range(0, Small.Config.Transformer.Blocks).Select(_ => random.Next(2) == 0 ? BlockMode.Cached : BlockMode.Recomputed)];
        using var whole = Small.Edit(Small.Orchard, EditMask.Everything(Small.Config.Grid));
        using var little = Small.Edit(Small.Harbour, Small.RandomMask(4, 0.1));
        using var alone = Small.Edit(Small.Harbour, Small.RandomMask(4, 0.1));
        Small.Step([whole, little], mixture);
        Small.Step([alone], Small.All(BlockMode.Cached));
        Assert.That(Small.LargestDifference(Small.Values(little), Small.Values(alone)), Is.Not.NaN.And.LessThan(Rounding));
    }

    [Test]
    public void Only_the_plain_mode_differs_and_by_how_much_is_reported()
    {
        var mask = Small.PixelMask(3);
        using var cached = Small.Edit(Small.Harbour, mask);
        using var plain = Small.Edit(Small.Harbour, mask);
        var difference = Small.LargestDifference(Small.Finish(cached, Small.All(BlockMode.Cached)), Small.Finish(plain, Small.All(BlockMode.Plain)));
        var (ssim, psnr) = (ImageQuality.Ssim(cached.ToImage(), plain.ToImage()), ImageQuality.Psnr(cached.ToImage(), plain.ToImage()));
        TestContext.Out.WriteLine($"cached against plain: SSIM {ssim:F4}, PSNR {psnr:F2} dB, largest latent difference {difference:G3}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(difference, Is.GreaterThan(Rounding));
            Assert.That(double.IsFinite(ssim) && double.IsFinite(psnr));
        }
    }

    [Test]
    public void Another_prompt_gives_another_image_but_no_other_pixel_outside_the_mask([Range(1, 3)] int seed)
    {
        using var edit = Small.Edit(Small.Harbour, Small.PixelMask(seed), "a lighthouse", 5);
        using var other = Small.Edit(Small.Harbour, Small.PixelMask(seed), "two swans", 5);
        Small.Finish(edit, Small.All(BlockMode.Cached));
        Small.Finish(other, Small.All(BlockMode.Cached));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(edit.ToImage().Pixels.SequenceEqual(other.ToImage().Pixels), Is.False);
            AssertUnmaskedPixelsEqual(edit.ToImage(), Small.Harbour.Template.Image, edit.Request.Mask);
        }
    }

    [Test]
    public void Rows_are_asked_for_in_the_announced_order_and_released_once_read([Range(1, 10)] int seed)
    {
        var random = new RandomStream(seed, "modes");
        BlockMode[] modes = [.. Enumerable.Range(0, Small.Config.Transformer.Blocks).Select(_ => random.Next(2) == 0 ? BlockMode.Cached : BlockMode.Recomputed)];
        using var edit = Small.Edit(Small.Harbour, Small.RandomMask(seed, 0.3));
        using var direct = new DirectTemplateRows([edit]);
        var watched = new WatchedRows(direct);
        new StepExecutor(Small.Model).Run([edit], modes, watched);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(watched.Asked, Is.EqualTo(RowLoads.Order(modes, edit.UnmaskedTokens)));
            Assert.That(watched.ReleasedBlocks, Is.EqualTo(Enumerable.Range(0, modes.Length)));
            Assert.That(watched.FinishedBlocks, Is.EqualTo(Enumerable.Range(0, modes.Length)));
        }
    }

    [Test]
    public void A_batch_that_cannot_run_is_refused_and_nobody_advances()
    {
        using var edit = Small.Edit(Small.Harbour, Small.RandomMask(1, 0.3));
        BlockMode[] mixedWithPlain = [BlockMode.Plain, .. Enumerable.Repeat(BlockMode.Cached, Small.Config.Transformer.Blocks - 1)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Small.Step([edit, edit], Small.All(BlockMode.Cached)), Throws.ArgumentException.With.Message.Contains("only once"));
            Assert.That(() => Small.Step([edit], mixedWithPlain), Throws.ArgumentException.With.Message.Contains("all of them Plain or none"));
            Assert.That(() => Small.Step([edit], [BlockMode.Cached]), Throws.ArgumentException.With.Message.Contains("5 blocks"));
            Assert.That(edit.Step, Is.Zero);
        }

        Small.Finish(edit, Small.All(BlockMode.Cached));
        Assert.That(() => Small.Step([edit], Small.All(BlockMode.Cached)), Throws.ArgumentException.With.Message.Contains("all its steps"));
    }

    [Test]
    public void Threads_share_one_model_and_one_recording()
    {
        using var alone = Small.Edit(Small.Harbour, Small.RandomMask(2, 0.3));
        var expected = Small.Finish(alone, Small.All(BlockMode.Cached));
        var results = new float[2][];
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(i => new Thread(() =>
        {
            using var edit = Small.Edit(Small.Harbour, Small.RandomMask(2, 0.3));
            results[i] = Small.Finish(edit, Small.All(BlockMode.Cached));
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        Assert.That(results.Max(result => Small.LargestDifference(result, expected)), Is.Not.NaN.And.LessThan(Rounding));
    }

    private static FluxEdit[] Three() =>
    [
        Small.Edit(Small.Harbour, Small.RandomMask(1, 0.2), "a red boat", 1, 0),
        Small.Edit(Small.Orchard, Small.RandomMask(2, 0.5), "a swing", 2, 1),
        Small.Edit(Small.Harbour, Small.PixelMask(3), "gulls", 3, 2),
    ];

    private static void AssertUnmaskedPixelsEqual(RgbImage image, RgbImage template, EditMask mask)
    {
        var different = 0;
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            different += !mask.Pixels.Edited[i / 3] && image.Pixels[i] != template.Pixels[i] ? 1 : 0;
        }

        Assert.That(different, Is.Zero, "pixels outside the mask");
    }
}
