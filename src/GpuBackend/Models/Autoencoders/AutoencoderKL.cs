using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Autoencoders;

/// <summary>The variational autoencoder between images and the latents of Stable Diffusion, SDXL, SD3 and Flux.</summary>
/// <remarks>
/// Source: Rombach et al., High-Resolution Image Synthesis with Latent Diffusion Models, 2022; weights and names as in diffusers' <c>AutoencoderKL</c>.
/// Run it under <c>inference_mode</c>. Any number of threads may encode and decode at once.
/// </remarks>
public sealed class AutoencoderKL : IDisposable
{
    // Bounds of the reference: beyond them the deviation is 0 or infinite in float32.
    private const double LeastLogVariance = -30;
    private const double MostLogVariance = 20;

    private readonly Encoder _encoder;
    private readonly Decoder _decoder;
    private readonly Conv2d? _quant;
    private readonly Conv2d? _postQuant;

    /// <summary>Takes the model's weights.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="weights">Its weights; owned by the model once the constructor has returned.</param>
    /// <exception cref="ModelFileException">Weights are missing, misshapen or left over; the message lists them.</exception>
    public AutoencoderKL(AutoencoderConfig config, WeightStore weights)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        (Config, Weights) = (config, weights);
        var moments = 2 * config.LatentChannels;
        _encoder = new Encoder(weights.Root.Sub("encoder"), config);
        _decoder = new Decoder(weights.Root.Sub("decoder"), config);
        _quant = config.QuantConvolution ? new Conv2d(weights.Root.Sub("quant_conv"), moments, moments, 1) : null;
        _postQuant = config.PostQuantConvolution ? new Conv2d(weights.Root.Sub("post_quant_conv"), config.LatentChannels, config.LatentChannels, 1) : null;
        weights.Complete();
    }

    /// <summary>Sizes and scales.</summary>
    public AutoencoderConfig Config { get; }

    /// <summary>The weights, for adapters and counts.</summary>
    public WeightStore Weights { get; }

    /// <summary>Maps images to normal distributions over latents.</summary>
    /// <param name="pixels">[B, 3, H, W] in [-1, 1], of the weights' type and device; any H and W of at least <see cref="AutoencoderConfig.Downscale"/>.</param>
    /// <returns>
    /// Mean and logarithm of the variance, each [B, latent channels, H / Downscale, W / Downscale] rounded down, not scaled or shifted; the logarithm lies in [-30, 20]. A
    /// sample is <c>Mean + exp(LogVariance / 2) * noise</c>. The caller owns both.
    /// </returns>
    /// <exception cref="ArgumentException">Another number of axes or channels.</exception>
    public (Tensor Mean, Tensor LogVariance) Encode(Tensor pixels)
    {
        Check(pixels, Config.InputChannels, nameof(pixels));
        using var scope = NewDisposeScope();
        var encoded = _encoder.Apply(pixels);
        var halves = (_quant?.Apply(encoded) ?? encoded).chunk(2, 1);
        // The mean is half of a larger tensor: as a copy of its own it does not keep the other half alive.
        return (halves[0].clone().MoveToOuterDisposeScope(), halves[1].clamp(LeastLogVariance, MostLogVariance).MoveToOuterDisposeScope());
    }

    /// <summary>Maps latents to images.</summary>
    /// <param name="latents">[B, latent channels, H, W], as <see cref="Encode"/> gives them: scale and shift of the diffusion model already undone.</param>
    /// <returns>[B, 3, H * Downscale, W * Downscale], in [-1, 1] but for small excursions; not clamped. The caller owns it.</returns>
    /// <exception cref="ArgumentException">Another number of axes or channels.</exception>
    public Tensor Decode(Tensor latents)
    {
        Check(latents, Config.LatentChannels, nameof(latents));
        using var scope = NewDisposeScope();
        return _decoder.Apply(_postQuant?.Apply(latents) ?? latents).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();

    private static void Check(Tensor input, int channels, string argument)
    {
        ArgumentNullException.ThrowIfNull(input, argument);
        if (input.dim() != 4 || input.shape[1] != channels)
        {
            throw new ArgumentException($"{argument} is [{string.Join(", ", input.shape)}]; it must be [B, {channels}, H, W].", argument);
        }
    }
}
