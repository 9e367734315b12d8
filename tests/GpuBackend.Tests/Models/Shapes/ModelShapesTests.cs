using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.ControlNets;
using SimServe.GpuBackend.Models.DiT;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.Published;
using SimServe.GpuBackend.Models.Shapes;
using SimServe.GpuBackend.Models.StableDiffusion3;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Weights;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Models.Shapes;

/// <summary>Shapes against the models that they describe.</summary>
public sealed class ModelShapesTests
{
    private static IEnumerable<TestCaseData> PublishedShapes() =>
        PublishedModels.All.Select(static model => new TestCaseData(model.ToShape()).SetArgDisplayNames(model.Name));

    [TestCaseSource(typeof(PublishedConfigs), nameof(PublishedConfigs.Names))]
    public void Parameters_are_exactly_those_of_the_model(string name)
    {
        var (shape, model) = Parameters(PublishedConfigs.Read(name));
        Assert.That(shape, Is.EqualTo(model));
    }

    [TestCase("sd15-controlnet", 512, 361.28, 0.283, 17.8, 33.8)]
    [TestCase("sdxl-controlnet", 1024, 1251.01, 3.020, 11.5, 70.0)]
    public void A_ControlNet_has_the_published_operations(string name, int side, double millions, double teraflops, double attention, double linear)
    {
        var shape = ControlNetConfig.Read(PublishedConfigs.Read(name)).ToShape(Options(77, side));

        // The published numbers include the embedding of the control picture, which is the same at every step.
        var embedding = shape.Stages.Single();
        var work = shape.ForwardWork + embedding.Work;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(embedding.Kind, Is.EqualTo(StageKind.ControlEncoding));
            Assert.That((shape.Parameters + embedding.Parameters) / 1e6, Is.EqualTo(millions).Within(0.01).Percent);
            Assert.That(work.Flops / 1e12, Is.EqualTo(teraflops).Within(1).Percent);
            Assert.That(100.0 * work.AttentionFlops / work.Flops, Is.EqualTo(attention).Within(1));
            Assert.That(100.0 * work.LinearFlops / work.Flops, Is.EqualTo(linear).Within(1));
        }
    }

    [Test]
    public void Flux_blocks_are_those_of_the_papers_counter()
    {
        var blocks = PublishedModels.Find("flux-dev").ToShape().Blocks;
        BlockShape[] expected =
        [
            .. Enumerable.Repeat(new BlockShape(BlockKind.DoubleStream, 3072, 24, 12288, 4096, 512), 19),
            .. Enumerable.Repeat(new BlockShape(BlockKind.SingleStream, 3072, 24, 12288, 4096, 512), 38),
        ];
        Assert.That(blocks, Is.EqualTo(expected));
    }

    [Test]
    public void SDXL_s_blocks_are_in_order_of_execution()
    {
        var blocks = PublishedModels.Find("sdxl").ToShape().Blocks;
        int[] runs = [2, 2, 10, 10, 10, 10, 10, 10, 2, 2, 2];
        BlockKind[] kinds =
        [
            .. runs.SelectMany(static run => Enumerable.Repeat(BlockKind.CrossAttention, run).Prepend(BlockKind.Convolution)),
            BlockKind.Convolution,
        ];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(blocks.Select(static block => block.Kind), Is.EqualTo(kinds));
            Assert.That(Count(blocks, 640, 4096), Is.EqualTo(10));
            Assert.That(Count(blocks, 1280, 1024), Is.EqualTo(60));
            Assert.That(blocks[0].ImageTokens, Is.EqualTo(64 * 64), "the first convolutions end before the first transformer, at half of 128 x 128");
            Assert.That(blocks[^1].ImageTokens, Is.EqualTo(128 * 128));
        }
    }

    [Test]
    public void A_joint_model_s_last_block_drops_the_text_and_its_dual_blocks_attend_twice()
    {
        var blocks = PublishedModels.Find("sd35-medium").ToShape().Blocks;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(blocks.Select(static block => block.Kind), Is.All.EqualTo(BlockKind.Joint));
            Assert.That(blocks[0].PlainWork().AttentionFlops - blocks[13].PlainWork().AttentionFlops, Is.EqualTo(4L * 4096 * 4096 * 1536));
            Assert.That(blocks[13].PlainWork().LinearFlops - blocks[23].PlainWork().LinearFlops, Is.EqualTo((333L * 2 * 9 * 1536 * 1536) + (2L * 4 * 1536 * 1536)));
            Assert.That(blocks[0].Work.PerReusedRow.LinearFlops, Is.EqualTo(2 * blocks[13].Work.PerReusedRow.LinearFlops), "keys and values for both attentions");
        }
    }

    [TestCaseSource(nameof(PublishedShapes))]
    public void Masking_everything_costs_as_much_as_the_plain_model(ModelShape shape) =>
        Assert.That(shape.MaskedStepFlops(shape.Grid.Count), Is.EqualTo(shape.PlainStepFlops));

    [TestCaseSource(nameof(PublishedShapes))]
    public void Unmasked_tokens_cost_their_keys_and_values_only(ModelShape shape)
    {
        foreach (var block in shape.Blocks)
        {
            var saved = block.PlainWork().Flops - block.MaskedWork(0).Flops;
            Assert.That(saved, block.IsTokenWise ? Is.Positive : Is.Zero, block.Kind.ToString());
            Assert.That(block.MaskedWork(0).Flops, Is.GreaterThanOrEqualTo(block.Work.PerReusedRow.LinearFlops * block.ImageTokens), block.Kind.ToString());
        }
    }

    [Test]
    public void Masked_tokens_of_coarser_levels_are_their_share_rounded_up()
    {
        var shape = PublishedModels.Find("sd15").ToShape();
        var levels = shape.Blocks.Where(static block => block.IsTokenWise).DistinctBy(static block => block.ImageTokens).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(levels.Select(static block => block.ImageTokens), Is.EqualTo(new[] { 4096, 1024, 256, 64 }));
            Assert.That(levels.Select(block => shape.MaskedTokensAt(block, 410)), Is.EqualTo(new[] { 410, 103, 26, 7 }));
        }
    }

    [Test]
    public void Latents_with_an_odd_side_round_up_at_each_level()
    {
        var shape = PublishedModels.Find("sd15").ToShape(8 * 65, 8 * 30);
        Assert.That(
            shape.Blocks.Where(static block => block.IsTokenWise).Select(static block => block.ImageTokens).Distinct(),
            Is.EqualTo(new[] { 65 * 30, 33 * 15, 17 * 8, 9 * 4 }));
    }

    private static int Count(IEnumerable<BlockShape> blocks, int width, int tokens) =>
        blocks.Count(block => block.IsTokenWise && block.Width == width && block.ImageTokens == tokens);

    private static ShapeOptions Options(int textTokens, int side = 512) => new() { Name = "test", Height = side, Width = side, TextTokens = textTokens };

    private static (long? Shape, long Model) Parameters(ConfigFile config)
    {
        using var weights = WeightStore.Counted();
        return config.ClassName switch
        {
            nameof(UNet2DConditionModel) => Of(UNetConfig.Read(config), static (c, w) => _ = new UNet2DConditionModel(c, w), static c => c.ToShape(Options(77)).Parameters),
            nameof(ControlNetModel) => Of(ControlNetConfig.Read(config), static (c, w) => _ = new ControlNetModel(c, w), ParametersOf),
            nameof(FluxTransformer2DModel) => Of(FluxTransformerConfig.Read(config), static (c, w) => _ = new FluxTransformer2DModel(c, w), static c => c.ToShape(Options(512)).Parameters),
            nameof(SD3Transformer2DModel) => Of(SD3TransformerConfig.Read(config), static (c, w) => _ = new SD3Transformer2DModel(c, w), WithTable),
            nameof(DiTTransformer2DModel) => Of(DiTTransformerConfig.Read(config), static (c, w) => _ = new DiTTransformer2DModel(c, w), static c => c.ToShape(Options(0)).Parameters),
            nameof(AutoencoderKL) => Of(AutoencoderConfig.Read(config), static (c, w) => _ = new AutoencoderKL(c, w), ParametersOf),
            nameof(T5EncoderModel) => Of(T5EncoderConfig.Read(config), static (c, w) => _ = new T5EncoderModel(c, w), static c => c.ToStage("t5", 512).Parameters),
            _ => Of(ClipTextConfig.Read(config), static (c, w) => _ = new ClipTextModel(c, w), static c => c.ToStage("clip", 77).Parameters),
        };

        (long?, long) Of<T>(T sizes, Action<T, WeightStore> build, Func<T, long?> count)
        {
            build(sizes, weights);
            return (count(sizes), weights.ParameterCount);
        }
    }

    private static long? ParametersOf(ControlNetConfig config)
    {
        var shape = config.ToShape(Options(77));
        return shape.Parameters + shape.Stages.Single().Parameters;
    }

    private static long? ParametersOf(AutoencoderConfig config) => config.EncodeStage("vae", 512, 512).Parameters + config.DecodeStage("vae", 512, 512).Parameters;

    // The stored table of positions is no parameter, but it lies among the weights.
    private static long? WithTable(SD3TransformerConfig config) =>
        config.ToShape(Options(333)).Parameters + ((long)config.PositionTableSize * config.PositionTableSize * config.Width);
}
