using SimServe.GpuBackend.Images;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Puts an edit into its image: unmasked pixels are the input's, bit for bit.</summary>
public static class EditComposite
{
    /// <summary>The input where the mask keeps it, the edit elsewhere.</summary>
    /// <param name="edited">What a pipeline made, of the source's size.</param>
    /// <param name="source">The input and its mask.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static RgbImage Of(RgbImage edited, InpaintSource source)
    {
        ArgumentNullException.ThrowIfNull(edited);
        ArgumentNullException.ThrowIfNull(source);
        if ((edited.Width, edited.Height) != (source.Image.Width, source.Image.Height))
        {
            throw new ArgumentException(
                $"The edit is {edited.Width}x{edited.Height} pixels, its image {source.Image.Width}x{source.Image.Height}.", nameof(edited));
        }

        var pixels = source.Image.Pixels.ToArray();
        var mask = source.Mask.Edited;
        for (var i = 0; i < mask.Length; i++)
        {
            if (mask[i])
            {
                edited.Pixels.Slice(3 * i, 3).CopyTo(pixels.AsSpan(3 * i));
            }
        }

        return new RgbImage(edited.Width, edited.Height, pixels);
    }
}
