using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Pixels to the latents that the denoiser works on, and back.</summary>
internal sealed class LatentCodec(AutoencoderKL autoencoder) : IDisposable
{
    /// <summary>The autoencoder.</summary>
    public AutoencoderKL Autoencoder => autoencoder;

    /// <summary>Pixels of one latent's side.</summary>
    public int Downscale => autoencoder.Config.Downscale;

    /// <summary>Channels of a latent.</summary>
    public int Channels => autoencoder.Config.LatentChannels;

    private ScalarType Type => autoencoder.Weights.Type;

    private Device Device => autoencoder.Weights.Device;

    /// <summary>A sample of the distribution that the encoder gives, scaled as the denoiser expects it.</summary>
    /// <param name="pixels">[B, 3, H, W] from -1 to 1.</param>
    /// <param name="noise">Unit normal, [B, C, h, w]; <c>null</c> takes the mean.</param>
    /// <returns>[B, C, h, w], float32.</returns>
    public Tensor Encode(Tensor pixels, Tensor? noise)
    {
        using var scope = NewDisposeScope();
        var (mean, logVariance) = autoencoder.Encode(pixels.to(Type, Device));
        var sample = mean.to(ScalarType.Float32);
        if (noise is not null)
        {
            sample = sample.add(logVariance.to(ScalarType.Float32).mul(0.5).exp().mul(noise.to(Device)));
        }

        return sample.sub(autoencoder.Config.ShiftFactor).mul(autoencoder.Config.ScalingFactor).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of what the encoder gives for a picture, scaled as the denoiser expects it.</summary>
    /// <returns>[1, C, h, w], float32.</returns>
    public Tensor Encode(RgbImage picture)
    {
        using var scope = NewDisposeScope();
        return Encode(PixelTensors.Of(picture).mul(2).sub(1), noise: null).MoveToOuterDisposeScope();
    }

    /// <summary>The image of an edit's latents, every pixel outside its mask equal to the picture's.</summary>
    /// <param name="latents">[1, C, h, w].</param>
    /// <param name="source">The picture and its mask.</param>
    /// <exception cref="ArithmeticException">A decoded pixel is not a finite number.</exception>
    public RgbImage Composite(Tensor latents, InpaintSource source)
    {
        using var scope = NewDisposeScope();
        var pixels = Decode(latents);
        return pixels.isfinite().all().item<bool>()
            ? EditComposite.Of(PixelTensors.Images(pixels)[0], source)
            : throw new ArithmeticException("A decoded pixel is not a finite number: the model's activations overflowed.");
    }

    /// <summary>The images of latents.</summary>
    /// <param name="latents">[B, C, h, w].</param>
    /// <returns>[B, 3, H, W], float32 from 0 to 1, on the processor.</returns>
    public Tensor Decode(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var scaled = latents.to(ScalarType.Float32).div(autoencoder.Config.ScalingFactor).add(autoencoder.Config.ShiftFactor);
        var pixels = autoencoder.Decode(scaled.to(Type));
        return pixels.to(ScalarType.Float32).div(2).add_(0.5).clamp_(0, 1).cpu().MoveToOuterDisposeScope();
    }

    /// <summary>Another one with the same weights; this one must outlive it.</summary>
    public LatentCodec Twin() => new(new AutoencoderKL(autoencoder.Config, WeightStore.Sharing(autoencoder.Weights)));

    /// <inheritdoc/>
    public void Dispose() => autoencoder.Dispose();
}
