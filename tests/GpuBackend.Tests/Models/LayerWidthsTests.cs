using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.Shapes;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Tests.Models.UNets;
using SimServe.GpuBackend.Weights;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Models;

/// <summary>Models whose blocks are narrower inside than their sizes say.</summary>
public sealed class LayerWidthsTests
{
    private const string Widths = """
        "down_blocks.0.resnets.0": 4, "up_blocks.1.resnets.2": 4, "mid_block.resnets.1": 12,
        "down_blocks.1.attentions.1.transformer_blocks.1.ff": 17, "mid_block.attentions.0.transformer_blocks.0.ff": 40
        """;

    private static ShapeOptions Options => new() { Name = "slim", Width = 64, Height = 64, TextTokens = 5, BytesPerElement = 4 };

    [Test]
    public void A_UNet_with_narrower_blocks_has_the_parameters_and_operations_that_its_shape_says()
    {
        var (full, slim) = (SmallUNets.Config(), SmallUNets.Config(Widths));
        using var fullModel = new UNet2DConditionModel(full, WeightStore.Counted());
        using var slimModel = new UNet2DConditionModel(slim, WeightStore.Counted());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(slim.ToShape(Options).Parameters, Is.EqualTo(slimModel.Weights.ParameterCount));
            Assert.That(slimModel.Weights.ParameterCount, Is.LessThan(fullModel.Weights.ParameterCount));
            Assert.That(slimModel.Weights.All["down_blocks.0.resnets.0.conv1.weight"].Original.shape, Is.EqualTo(new long[] { 4, 8, 3, 3 }));
            Assert.That(slimModel.Weights.All["down_blocks.1.attentions.1.transformer_blocks.1.ff.net.0.proj.weight"].Original.shape, Is.EqualTo(new long[] { 34, 16 }));
            Assert.That(slim.ToShape(Options).ForwardWork.Flops, Is.LessThan(full.ToShape(Options).ForwardWork.Flops));
            Assert.That(slim.ToShape(Options).ControlNet!.Blocks, Is.EqualTo(full.ToShape(Options).ControlNet!.Blocks), "its ControlNets are as wide as before");
        }
    }

    [Test]
    public void A_narrow_block_of_a_UNet_saves_what_the_closed_form_says()
    {
        // conv1: (4 of 8 filters) x 8 x 9 + 4; time: 4 x 32 + 4; norm2: 2 x 4; conv2: 8 x 4 x 9.
        var (full, slim) = (SmallUNets.Config().ToShape(Options), SmallUNets.Config(""" "down_blocks.0.resnets.0": 4 """).ToShape(Options));
        Assert.That(full.Parameters - slim.Parameters, Is.EqualTo((4 * 8 * 9) + 4 + (4 * 32) + 4 + 8 + (8 * 4 * 9)));
    }

    [Test]
    public void A_slim_UNet_computes_plainly_and_optimised_alike()
    {
        using var scope = torch.NewDisposeScope();
        using var plain = new UNet2DConditionModel(SmallUNets.Config(Widths), WeightStore.Seeded(5, torch.ScalarType.Float32, torch.CPU));
        using var fast = new UNet2DConditionModel(SmallUNets.Config(Widths), WeightStore.Seeded(5, torch.ScalarType.Float32, torch.CPU), SimServe.GpuBackend.Layers.BackboneOptimisations.All);
        var input = SmallUNets.Input(2);
        Assert.That(SmallUNets.Difference(fast.Forward(input), plain.Forward(input)), Is.LessThan(1e-4));
    }

    [Test]
    public void A_slim_Flux_transformer_has_the_parameters_and_work_that_its_shapes_say()
    {
        var config = Flux(""" "transformer_blocks.0.ff": 10, "transformer_blocks.1.ff_context": 20, "single_transformer_blocks.2": 30 """);
        using var model = new FluxTransformer2DModel(config, WeightStore.Counted());
        var served = (Small.Config with { Transformer = config }).ToShape();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(config.ToShape(Options with { Width = 128, Height = 128 }).Parameters, Is.EqualTo(model.Weights.ParameterCount));
            Assert.That(model.Weights.All["transformer_blocks.0.ff.net.2.weight"].Original.shape, Is.EqualTo(new long[] { 32, 10 }));
            Assert.That(model.Weights.All["single_transformer_blocks.2.proj_out.weight"].Original.shape, Is.EqualTo(new long[] { 32, 32 + 30 }));
            Assert.That(served.Blocks[0].Work.PerRow.LinearFlops, Is.EqualTo((8 * 32 * 32) + (4 * 32 * 10)));
            Assert.That(served.Blocks[0].Work.PerRequest, Is.EqualTo(Small.Config.ToShape().Blocks[0].Work.PerRequest), "the text's network is as wide as before");
            Assert.That(served.Blocks[1].Work.PerRow, Is.EqualTo(Small.Config.ToShape().Blocks[1].Work.PerRow));
            Assert.That(served.Blocks[1].Work.PerRequest.LinearFlops, Is.LessThan(Small.Config.ToShape().Blocks[1].Work.PerRequest.LinearFlops));
        }
    }

    [TestCase("""{ "down_blocks.0.resnets.9": 4 }""", "down_blocks.0.resnets.9")]
    [TestCase("""{ "down_blocks.0.resnets.0": 6 }""", "that 4 divides")]
    [TestCase("""{ "down_blocks.0.resnets.0": 12 }""", "from 4 to 8")]
    [TestCase("""{ "down_blocks.0.resnets.0": 0 }""", "down_blocks.0.resnets.0")]
    [TestCase("""{ "mid_block.resnets.0": "wide" }""", "mid_block.resnets.0")]
    [TestCase("[4]", "an object of widths by module path")]
    public void Widths_that_do_not_fit_are_faults_of_the_file(string widths, string named) =>
        Assert.That(() => SmallUNets.ConfigOf(widths), Throws.TypeOf<ModelFileException>().With.Message.Contains("_layer_widths").And.Message.Contains(named));

    [Test]
    public void Widths_are_values()
    {
        var (one, same, other) = (Flux(""" "transformer_blocks.0.ff": 10 """), Flux(""" "transformer_blocks.0.ff": 10 """), Flux(""" "transformer_blocks.0.ff": 11 """));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(one, Is.EqualTo(same));
            Assert.That(one, Is.Not.EqualTo(other));
            Assert.That(Flux(""" "transformer_blocks.0.ff": 128 """).Widths.IsFull, "as wide as the sizes say");
        }
    }

    private static FluxTransformerConfig Flux(string widths) => FluxTransformerConfig.Read(ConfigFile.Parse("config.json", $$"""
        {
          "in_channels": 192, "num_layers": 2, "num_single_layers": 3, "num_attention_heads": 2, "attention_head_dim": 16, "joint_attention_dim": 24,
          "pooled_projection_dim": 20, "axes_dims_rope": [4, 6, 6], "_layer_widths": { {{widths}} }
        }
        """));
}
