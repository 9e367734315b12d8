using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Published;
using SimServe.GpuBackend.Models.StableDiffusion3;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Models.StableDiffusion3;

public sealed class SD3Transformer2DModelTests
{
    private const string Tiny =
        """
        {"num_layers": 3, "num_attention_heads": 2, "attention_head_dim": 8, "in_channels": 4, "out_channels": 4, "joint_attention_dim": 12,
         "caption_projection_dim": 16, "pooled_projection_dim": 10, "pos_embed_max_size": 8, "dual_attention_layers": [1], "qk_norm": "rms_norm"}
        """;

    [TestCase("sd3-medium", 2028.33)]
    [TestCase("sd35-medium", 2243.16)]
    [TestCase("sd35-large", 8056.62)]
    public void The_published_models_have_their_published_numbers_of_parameters(string name, double millions)
    {
        var config = SD3TransformerConfig.Read(PublishedConfigs.Read($"{name}-transformer"));
        using var model = new SD3Transformer2DModel(config, WeightStore.Counted());
        var table = (long)config.PositionTableSize * config.PositionTableSize * config.Width;
        Assert.That((model.Weights.ParameterCount - table) / 1e6, Is.EqualTo(millions).Within(0.01).Percent);
    }

    [Test]
    public void Forward_keeps_the_latents_type_and_size([Values(ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float16)] ScalarType type)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var exact = Model(ScalarType.Float32);
        using var model = Model(type);
        var input = Input(4, 6);
        var got = model.Forward(In(type, input));
        Assert.That(got.dtype, Is.EqualTo(type));
        Assert.That(got.shape, Is.EqualTo(new long[] { 2, 4, 8, 12 }));
        Assert.That(got.to(ScalarType.Float32).sub(exact.Forward(input)).abs().max().item<float>(), Is.Not.NaN.And.LessThan(type == ScalarType.BFloat16 ? 0.1f : 0.02f));
    }

    [Test]
    public void Forward_leaves_nothing_behind_but_its_result()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = Model(ScalarType.Float32);
        var input = Input(4, 4);
        var before = scope.DisposablesCount;
        _ = model.Forward(input);
        Assert.That(scope.DisposablesCount, Is.EqualTo(before + 1));
    }

    [Test]
    public void Latents_that_do_not_fit_are_refused_with_the_sizes_that_do()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = Model(ScalarType.Float32);
        var input = Input(2, 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => model.Forward(input with { HiddenStates = zeros(2, 4, 5, 4) }), Throws.ArgumentException.With.Message.Contains("multiples of 2"));
            Assert.That(() => model.Forward(input with { HiddenStates = zeros(2, 3, 4, 4) }), Throws.ArgumentException.With.Message.Contains("[batch, 4, height, width]"));
            Assert.That(() => model.Forward(input with { HiddenStates = zeros(2, 4, 18, 4) }), Throws.ArgumentException.With.Message.Contains("9 x 2 tokens").And.Message.Contains("8 x 8"));
        }
    }

    private static SD3Transformer2DModel Model(ScalarType type) =>
        new(SD3TransformerConfig.Read(ConfigFile.Parse("tiny", Tiny)), WeightStore.Seeded(3, type, CPU));

    private static SD3TransformerInput Input(long rows, long columns)
    {
        using var generator = new Generator(5);
        return new SD3TransformerInput
        {
            HiddenStates = randn(2, 4, rows * 2, columns * 2, generator: generator),
            EncoderHiddenStates = randn(2, 5, 12, generator: generator),
            PooledProjections = randn(2, 10, generator: generator),
            Timestep = tensor(new float[] { 250, 900 }),
        };
    }

    private static SD3TransformerInput In(ScalarType type, SD3TransformerInput input) => input with
    {
        HiddenStates = input.HiddenStates.to(type),
        EncoderHiddenStates = input.EncoderHiddenStates.to(type),
        PooledProjections = input.PooledProjections.to(type),
    };
}
