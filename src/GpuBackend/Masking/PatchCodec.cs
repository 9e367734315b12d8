using SimServe.GpuBackend.Images;
using SimServe.Policies;

namespace SimServe.GpuBackend.Masking;

/// <summary>Pixels to latents and back: a token's latent is its patch of pixels, scaled from 0..255 to -1..1.</summary>
/// <remarks>Channel order within a token: row of the patch, column of the patch, colour.</remarks>
public static class PatchCodec
{
    private const float Scale = 127.5f;

    /// <summary>An image's latents.</summary>
    /// <param name="image">The image.</param>
    /// <param name="grid">The model's grid; its pixel size must be the image's.</param>
    /// <returns>Token by token, L * C values.</returns>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static float[] Encode(RgbImage image, TokenGrid grid)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Width != grid.Width || image.Height != grid.Height)
        {
            throw new ArgumentException(
                $"The image is {image.Width}x{image.Height} pixels but the model makes {grid.Width}x{grid.Height}; resize the image.", nameof(image));
        }

        var latents = new float[image.Pixels.Length];
        for (var i = 0; i < latents.Length; i++)
        {
            latents[i] = (image.Pixels[PixelOf(i, grid)] / Scale) - 1;
        }

        return latents;
    }

    /// <summary>Writes edited pixels over a template.</summary>
    /// <param name="template">The template's image.</param>
    /// <param name="mask">The edit; every pixel outside it stays the template's, bit for bit.</param>
    /// <param name="maskedLatents">Latents of the masked tokens in ascending order, m * C values.</param>
    public static RgbImage Composite(RgbImage template, EditMask mask, ReadOnlySpan<float> maskedLatents)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(mask);
        var pixels = template.Pixels.ToArray();
        var edited = mask.Pixels.Edited;
        var channels = 3 * mask.Grid.PatchPixels * mask.Grid.PatchPixels;
        var tokens = mask.Tokens(masked: true);
        for (var i = 0; i < maskedLatents.Length; i++)
        {
            var pixel = PixelOf((tokens[i / channels] * channels) + (i % channels), mask.Grid);
            if (edited[pixel / 3])
            {
                pixels[pixel] = ToByte(maskedLatents[i]);
            }
        }

        return new RgbImage(template.Width, template.Height, pixels);
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
    private static int PixelOf(int latent, TokenGrid grid)
    {
        var patch = grid.PatchPixels;
        var (token, channel) = (latent / (3 * patch * patch), latent % (3 * patch * patch));
        var y = (token / grid.Columns * patch) + (channel / (3 * patch));
        var x = (token % grid.Columns * patch) + (channel / 3 % patch);
        return (3 * ((y * grid.Width) + x)) + (channel % 3);
    }
}
