namespace SimServe.Policies.Tests;

public sealed class ModelShapeTests
{
    private static readonly ModelShape FluxDev = Flux();

    [Test]
    public void Plain_step_of_FLUX_dev_has_its_published_number_of_operations() =>
        Assert.That(FluxDev.PlainStepFlops, Is.EqualTo(74.39e12).Within(0.1).Percent);

    [Test]
    public void Template_cache_of_FLUX_dev_has_its_published_size() =>
        Assert.That(
            Flux(textTokens: 0).TemplateCacheBytes(20) / (double)(1L << 30),
            Is.EqualTo(26.7).Within(0.1),
            "FlashPS stores image rows only: 26.7 GiB for 20 steps");

    // FlashPS, Figure 7: twice the bytes; both tensors of 4,096 image rows.
    [TestCase("keys-values", "model", 2.0)]
    [TestCase("block-input", "int8", 0.50065)]
    [TestCase("keys-values", "float8", 1.0013)]
    [TestCase("block-input", "float32", 2.0)]
    public void Template_cache_of_FLUX_dev_in_another_format(string variant, string numbers, double times)
    {
        var (usual, other) = (Flux(textTokens: 0), Flux(textTokens: 0) with { Cache = CacheFormat.Parse(variant, numbers) });
        Assert.That((double)other.TemplateCacheBytes(20) / usual.TemplateCacheBytes(20), Is.EqualTo(times).Within(0.001));
    }

    [Test]
    public void Formats_have_names_and_unknown_ones_are_told_the_known_ones()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(default(CacheFormat).ToString(), Is.EqualTo("block-input, model"));
            foreach (var (variant, numbers) in CacheFormat.VariantNames.SelectMany(static variant => CacheFormat.NumberNames.Select(numbers => (variant, numbers))))
            {
                Assert.That(CacheFormat.Parse(variant, numbers).ToString(), Is.EqualTo($"{variant}, {numbers}"));
            }

            Assert.That(() => CacheFormat.Parse("keys", "int4"), Throws.ArgumentException.With.Message.Contains("block-input, keys-values").And.Message.Contains("int8"));
        }
    }

    [Test]
    public void A_size_that_is_asked_for_has_the_same_cache()
    {
        var shape = FluxDev with { Cache = CacheFormat.Parse("keys-values", "int8"), Resize = grid => Flux() with { Grid = grid } };
        Assert.That(shape.At(new TokenGrid(32, 32, 16)).Cache, Is.EqualTo(shape.Cache));
    }

    [Test]
    public void Of_two_devices_that_share_the_branches_each_computes_and_keeps_one_and_their_host_keeps_both()
    {
        var guided = FluxDev with { Branches = 2, Resize = grid => Flux() with { Grid = grid } };
        foreach (var (both, one) in new[] { (guided, guided.OneBranch()), (guided.At(new TokenGrid(32, 32, 16)), guided.OneBranch().At(new TokenGrid(32, 32, 16))) })
        {
            using (Assert.EnterMultipleScope())
            {
                Assert.That(one.PlainStepFlops, Is.EqualTo(both.PlainStepFlops / 2));
                Assert.That(one.DeviceCacheBytes(20), Is.EqualTo(both.DeviceCacheBytes(20) / 2));
                Assert.That(one.TemplateCacheBytes(20), Is.EqualTo(both.TemplateCacheBytes(20)));
            }
        }

        Assert.That(() => FluxDev.OneBranch(), Throws.InstanceOf<NotSupportedException>());
    }

    [Test]
    public void Masking_everything_costs_as_much_as_the_plain_block()
    {
        foreach (var block in FluxDev.Blocks)
        {
            Assert.That(block.MaskedWork(block.ImageTokens), Is.EqualTo(block.PlainWork()));
        }
    }

    [Test]
    public void Masked_work_is_linear_in_masked_tokens()
    {
        var block = FluxDev.Blocks[0];
        var slope = block.MaskedWork(1).Flops - block.MaskedWork(0).Flops;
        Assert.That(block.MaskedWork(1000).Flops, Is.EqualTo(block.MaskedWork(0).Flops + (1000 * slope)));
    }

    [Test]
    public void Sizes_tell_models_apart_but_not_their_numbers()
    {
        var shape = Flux(2, 6, 24);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(shape.Sizes, Is.EqualTo($"64x64 tokens of 16 pixels, 24 text tokens, 8 blocks, {shape.PlainStepFlops} operations a step"));
            Assert.That((shape with { BytesPerElement = 4, Name = "another" }).Sizes, Is.EqualTo(shape.Sizes));
            Assert.That(Flux(3, 5, 24).Sizes, Is.Not.EqualTo(shape.Sizes), "as many blocks, of other kinds");
        }
    }

    internal static ModelShape Flux(int doubles = 19, int singles = 38, int textTokens = 512) => new()
    {
        Name = "flux-dev",
        Grid = new TokenGrid(64, 64, 16),
        TextTokens = textTokens,
        BytesPerElement = 2,
        Blocks =
        [
            .. Enumerable.Repeat(new BlockShape(BlockKind.DoubleStream, 3072, 24, 12288, 4096, textTokens), doubles),
            .. Enumerable.Repeat(new BlockShape(BlockKind.SingleStream, 3072, 24, 12288, 4096, textTokens), singles),
        ],
    };
}
