using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.DiT;
using SimServe.GpuBackend.Models.Published;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Models.DiT;

public sealed class DiTTransformer2DModelTests
{
    private const string Tiny =
        """{"num_layers": 2, "num_attention_heads": 2, "attention_head_dim": 8, "out_channels": 8, "sample_size": 8, "num_embeds_ada_norm": 5}""";

    [Test]
    public void The_published_model_has_the_paper_s_parameters_beside_the_copies_of_its_embedder()
    {
        var config = DiTTransformerConfig.Read(PublishedConfigs.Read("dit-xl-2-256-transformer"));
        using var model = new DiTTransformer2DModel(config, WeightStore.Counted());
        var embedder = model.Weights.All.Values.Where(static weight => weight.Name.StartsWith("transformer_blocks.0.norm1.emb.", StringComparison.Ordinal))
            .Sum(static weight => weight.Original.numel());

        // The paper's 675 M have one embedder for all blocks; diffusers stores one in every block.
        Assert.That(model.Weights.ParameterCount - (27 * embedder), Is.EqualTo(675e6).Within(0.1).Percent);
    }

    [Test]
    public void Forward_keeps_the_latents_type_and_size([Values(ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float16)] ScalarType type)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var exact = Model(ScalarType.Float32);
        using var model = Model(type);
        var input = Input(8, 8);
        var got = model.Forward(input with { HiddenStates = input.HiddenStates.to(type) });
        Assert.That(got.dtype, Is.EqualTo(type));
        Assert.That(got.shape, Is.EqualTo(new long[] { 2, 8, 8, 8 }));
        Assert.That(got.to(ScalarType.Float32).sub(exact.Forward(input)).abs().max().item<float>(), Is.Not.NaN.And.LessThan(type == ScalarType.BFloat16 ? 0.1f : 0.02f));
    }

    [Test]
    public void Latents_need_not_be_square()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = Model(ScalarType.Float32);
        Assert.That(model.Forward(Input(4, 12)).shape, Is.EqualTo(new long[] { 2, 8, 4, 12 }));
    }

    [Test]
    public void The_null_class_is_a_class_of_its_own()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = Model(ScalarType.Float32);
        var input = Input(8, 8);
        var unguided = model.Forward(input with { ClassLabels = tensor(new long[] { 5, 5 }) });
        Assert.That(unguided.sub(model.Forward(input)).abs().max().item<float>(), Is.GreaterThan(1e-4f));
    }

    [Test]
    public void Forward_leaves_nothing_behind_but_its_result()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = Model(ScalarType.Float32);
        var input = Input(8, 8);
        var before = scope.DisposablesCount;
        _ = model.Forward(input);
        Assert.That(scope.DisposablesCount, Is.EqualTo(before + 1));
    }

    private static DiTTransformer2DModel Model(ScalarType type) =>
        new(DiTTransformerConfig.Read(ConfigFile.Parse("tiny", Tiny)), WeightStore.Seeded(3, type, CPU));

    private static DiTTransformerInput Input(long height, long width)
    {
        using var generator = new Generator(5);
        return new DiTTransformerInput
        {
            HiddenStates = randn(2, 4, height, width, generator: generator),
            Timestep = tensor(new long[] { 250, 900 }),
            ClassLabels = tensor(new long[] { 0, 3 }),
        };
    }
}
