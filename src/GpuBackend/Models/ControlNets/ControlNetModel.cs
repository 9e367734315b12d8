using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.ControlNets;

/// <summary>A copy of a U-Net's way down that sees a picture (edges, depth, pose) and corrects the U-Net's features.</summary>
/// <remarks>
/// Weights are not written by a forward pass: any number of threads may run one model at once, each under <c>inference_mode</c>. Source: Zhang et al., 2023,
/// "Adding Conditional Control to Text-to-Image Diffusion Models"; module names and details as in diffusers' <c>ControlNetModel</c>.
/// </remarks>
public sealed class ControlNetModel : IDisposable
{
    private readonly Backbone _backbone;
    private readonly UNetEncoder _encoder;
    private readonly ConditioningEmbedding _embedding;
    private readonly Conv2d[] _down;
    private readonly Conv2d _mid;

    /// <summary>Takes all of a ControlNet's weights.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="weights">Its weights, owned by the model once the constructor returns.</param>
    /// <param name="optimisations">How its layers are computed; <c>null</c>: as they stand. For inference only.</param>
    /// <exception cref="ModelFileException">Weights are missing, have other shapes, or are left over.</exception>
    public ControlNetModel(ControlNetConfig config, WeightStore weights, BackboneOptimisations? optimisations = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        (Config, Weights, _backbone) = (config, weights, new Backbone(optimisations ?? BackboneOptimisations.None));
        var root = new BackboneScope(weights.Root, _backbone);
        _encoder = new UNetEncoder(config.Encoder, root);
        _embedding = new ConditioningEmbedding(root.Sub("controlnet_cond_embedding"), config);
        _down = [.. config.Encoder.SkipChannels.Select((channels, i) => new Conv2d(root.Sub("controlnet_down_blocks", i), channels, channels, kernel: 1))];
        var middle = config.Encoder.Levels[^1].Channels;
        _mid = new Conv2d(root.Sub("controlnet_mid_block"), middle, middle, kernel: 1);
        weights.Complete();
    }

    /// <summary>Its sizes.</summary>
    public ControlNetConfig Config { get; }

    /// <summary>Its weights.</summary>
    public WeightStore Weights { get; }

    /// <summary>Embeds the conditioning picture. It is the same in every step: a request needs it once.</summary>
    /// <param name="pixels">[B, 3, H, W], red first, 0 to 1, in the weights' type; H and W are the generated picture's.</param>
    /// <returns>[B, C, H / 8, W / 8], owned by the caller.</returns>
    public Tensor EmbedCondition(Tensor pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        using var scope = NewDisposeScope();
        return _embedding.Apply(Config.BlueFirst ? pixels.flip(1) : pixels).MoveToOuterDisposeScope();
    }

    /// <summary>Computes one step's corrections.</summary>
    /// <param name="input">What the U-Net gets in the same step, without the further channels of inpainting models.</param>
    /// <param name="conditioning">The result of <see cref="EmbedCondition"/>, for the batch or for one.</param>
    /// <param name="scale">Strength; 1 is as trained, 0 none.</param>
    /// <param name="guessMode">Whether shallow features count less: factors from 0.1 to 1, evenly spaced on a logarithmic scale. For prompts that say nothing.</param>
    /// <returns>Residuals for the U-Net, multiplied by the scale; owned by the caller.</returns>
    /// <exception cref="ArgumentException">A shape does not fit the model.</exception>
    public ControlResiduals Forward(UNetInput input, Tensor conditioning, double scale = 1, bool guessMode = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(conditioning);
        RequireSameSize(input.Sample, conditioning);
        using var scope = NewDisposeScope();
        var encoded = _encoder.Apply(input, conditioning);
        var down = new Tensor[_down.Length];
        for (var i = 0; i < down.Length; i++)
        {
            down[i] = Scaled(_down[i].Apply(encoded.Skips[i]), scale * (guessMode ? Math.Pow(10, ((double)i / down.Length) - 1) : 1));
        }

        return new ControlResiduals(down, Scaled(_mid.Apply(encoded.Mid), scale)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _backbone.Dispose();
        Weights.Dispose();
    }

    private static Tensor Scaled(Tensor residual, double factor) => factor == 1 ? residual : residual.mul_(factor);

    private static void RequireSameSize(Tensor sample, Tensor conditioning)
    {
        var (want, got) = (sample.shape, conditioning.shape);
        if (want.Length != 4 || got.Length != 4 || got[2] != want[2] || got[3] != want[3])
        {
            throw new ArgumentException(
                $"The embedded picture is [{string.Join(", ", got)}] and the sample [{string.Join(", ", want)}]: their heights and widths must agree. Embed a picture of the size that is generated.",
                nameof(conditioning));
        }
    }
}
