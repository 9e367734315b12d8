using SimServe.GpuBackend.Images;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>Pixels as latents: a token's latent is its patch of pixels, scaled from 0..255 to -1..1.</summary>
/// <remarks>Channel order within a token: row of the patch, column of the patch, colour.</remarks>
/// <param name="grid">The model's grid.</param>
/// <param name="device">The model's device.</param>
public sealed class PixelLatents(TokenGrid grid, Device device) : ILatentSpace
{
    private const float Scale = 127.5f;

    private int Channels => 3 * grid.PatchPixels * grid.PatchPixels;

    /// <inheritdoc/>
    public Tensor Encode(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var latents = new float[image.Pixels.Length];
        for (var i = 0; i < latents.Length; i++)
        {
            latents[i] = (image.Pixels[PixelOf(i)] / Scale) - 1;
        }

        using var scope = NewDisposeScope();
        return tensor(latents, grid.Count, Channels).to(device).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public RgbImage Composite((RgbImage Image, Tensor Latents) template, EditMask mask, Tensor masked)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(masked);
        using var host = masked.cpu();
        var latents = host.data<float>().ToArray();
        var pixels = template.Image.Pixels.ToArray();
        var edited = mask.Pixels.Edited;
        var tokens = mask.EditedTokens();
        for (var i = 0; i < latents.Length; i++)
        {
            var pixel = PixelOf((tokens[i / Channels] * Channels) + (i % Channels));
            if (edited[pixel / 3])
            {
                pixels[pixel] = ToByte(latents[i]);
            }
        }

        return new RgbImage(template.Image.Width, template.Image.Height, pixels);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static byte ToByte(float latent)
    {
        if (!float.IsFinite(latent))
        {
            throw new ArithmeticException("A latent is not a finite number: the model's activations overflowed.");
        }

        return (byte)Math.Clamp(MathF.Round((latent + 1) * Scale), 0, byte.MaxValue);
    }

    // Index into the image's bytes of one latent value.
    private int PixelOf(int latent)
    {
        var patch = grid.PatchPixels;
        var (token, channel) = (latent / Channels, latent % Channels);
        var y = (token / grid.Columns * patch) + (channel / (3 * patch));
        var x = (token % grid.Columns * patch) + (channel / 3 % patch);
        return (3 * ((y * grid.Width) + x)) + (channel % 3);
    }
}
