using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Tests.Models.UNets;
using SimServe.GpuBackend.Training;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Training;

/// <summary>Models compute in place where they can; their gradients must be right all the same.</summary>
public sealed class GradientTests
{
    [Test]
    public void An_autoencoder_has_the_gradients_of_its_outputs()
    {
        const string Config = """
            { "block_out_channels": [4, 8], "norm_num_groups": 2, "latent_channels": 2,
              "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"], "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"] }
            """;
        using var model = new AutoencoderKL(AutoencoderConfig.Read(ConfigFile.Parse("tiny", Config)), WeightStore.Seeded(1, ScalarType.Float32, CPU));
        Check(model.Weights, () =>
        {
            var (mean, logVariance) = model.Encode(Noise(2, 3, 8, 8));
            return model.Decode(mean.add(logVariance.exp()));
        });
    }

    [Test]
    public void CLIP_has_the_gradients_of_its_outputs([Values("quick_gelu", "gelu")] string activation)
    {
        var config = $$"""
            { "vocab_size": 20, "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": 6,
              "hidden_act": "{{activation}}", "eos_token_id": 19 }
            """;
        using var model = new ClipTextModel(ClipTextConfig.Read(ConfigFile.Parse("tiny", config)), WeightStore.Seeded(1, ScalarType.Float32, CPU));
        Check(model.Weights, () => model.Forward(Ids(2, 6)).LastHiddenState);
    }

    [Test]
    public void T5_has_the_gradients_of_its_outputs([Values("relu", "gated-gelu")] string feedForward)
    {
        var config = $$"""
            { "vocab_size": 20, "d_model": 8, "d_kv": 4, "d_ff": 16, "num_heads": 2, "num_layers": 2, "feed_forward_proj": "{{feedForward}}",
              "relative_attention_num_buckets": 8, "relative_attention_max_distance": 8 }
            """;
        using var model = new T5EncoderModel(T5EncoderConfig.Read(ConfigFile.Parse("tiny", config)), WeightStore.Seeded(1, ScalarType.Float32, CPU));
        Check(model.Weights, () => model.Forward(Ids(2, 6)).LastHiddenState);
    }

    [Test]
    public void Flux_has_the_gradients_of_its_outputs([Values(1, 3)] int batch)
    {
        var config = Small.Config.Transformer;
        using var model = new FluxTransformer2DModel(config, WeightStore.Seeded(1, ScalarType.Float32, CPU));
        Check(model.Weights, () => model.Forward(new FluxInput
        {
            HiddenStates = Noise(batch, 4, config.InChannels),
            EncoderHiddenStates = Noise(batch, 3, config.TextWidth),
            PooledProjections = Noise(batch, config.PooledWidth),
            Timestep = full(batch, 0.4f),
            ImageIds = arange(12, dtype: ScalarType.Float32).view(4, 3),
            TextIds = zeros(3, 3),
        }));
    }

    [Test]
    public void A_UNet_has_the_gradients_of_its_outputs()
    {
        using var model = SmallUNets.UNet();
        var input = SmallUNets.Input(2);
        Check(model.Weights, () => model.Forward(input));
    }

    [Test]
    public void A_ControlNet_has_the_gradients_of_its_outputs()
    {
        using var net = SmallUNets.ControlNet();
        var input = SmallUNets.Input(2);
        Check(net.Weights, () =>
        {
            var residuals = net.Forward(input, net.EmbedCondition(SmallUNets.Picture(2)));
            return cat([.. residuals.Down.Append(residuals.Mid).Select(static residual => residual.flatten())]);
        });
    }

    // The slope along the gradient itself, by differences, against what the gradient says it is.
    private static void Check(WeightStore weights, Func<Tensor> forward)
    {
        using var scope = NewDisposeScope();
        using var learned = new LearnedWeights([(string.Empty, weights)]);
        using var directions = new Generator(9);
        Tensor Loss()
        {
            using var generator = new Generator(4);
            var output = forward();
            return output.mul(randn(output.shape, generator: generator)).sum();
        }

        Loss().backward();
        using var mode = no_grad();
        var gradients = learned.Gradients.clone();
        Assert.That(learned.AveragesOf(), Is.Not.Empty);
        foreach (var direction in new[] { gradients, randn(gradients.shape, generator: directions) })
        {
            var along = direction.div(direction.norm());
            var expected = gradients.to(ScalarType.Float64).mul(along).sum().ToDouble();
            const double Step = 5e-4;
            learned.Values.add_(along, Step);
            var above = Loss().ToDouble();
            learned.Values.sub_(along.mul(2 * Step));
            var below = Loss().ToDouble();
            learned.Values.add_(along, Step);
            Assert.That((above - below) / (2 * Step), Is.EqualTo(expected).Within(0.02 * gradients.norm().ToDouble()));
        }
    }

    private static Tensor Noise(params long[] shape)
    {
        using var generator = new Generator(3);
        return randn(shape, generator: generator);
    }

    private static Tensor Ids(int batch, int length) => arange(batch * length, dtype: ScalarType.Int64).view(batch, length);
}
