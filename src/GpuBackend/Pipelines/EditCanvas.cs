using SimServe.GpuBackend.Images;
using SimServe.Policies;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>An image to be edited, grown to a size that a model can work on.</summary>
/// <remarks>Models need multiples of 8 or 16 pixels. The border repeats the last row and column, is never edited, and is cut off again.</remarks>
public sealed class EditCanvas
{
    private readonly InpaintSource _original;

    /// <summary>Grows an image.</summary>
    /// <param name="original">The image and its mask, of one size.</param>
    /// <param name="granularity">What width and height must be multiples of, pixels.</param>
    /// <exception cref="InvalidRequestException">Image and mask differ in size.</exception>
    public EditCanvas(InpaintSource original, int granularity)
    {
        ArgumentNullException.ThrowIfNull(original);
        ArgumentOutOfRangeException.ThrowIfLessThan(granularity, 1);
        original.RequireOneSize();
        var (image, mask) = (original.Image, original.Mask);

        _original = original;
        var (width, height) = (Up(image.Width, granularity), Up(image.Height, granularity));
        Source = (width, height) == (image.Width, image.Height) ? original : original with { Image = Grown(image, width, height), Mask = Grown(mask, width, height) };
    }

    /// <summary>The grown image with its mask; its size is the request's.</summary>
    public InpaintSource Source { get; }

    /// <summary>The part of a made image that belongs to the original.</summary>
    /// <param name="made">Of the grown size.</param>
    public RgbImage Crop(RgbImage made)
    {
        ArgumentNullException.ThrowIfNull(made);
        var (width, height) = (_original.Image.Width, _original.Image.Height);
        var pixels = new byte[3 * width * height];
        for (var row = 0; row < height; row++)
        {
            made.Pixels.Slice(3 * row * made.Width, 3 * width).CopyTo(pixels.AsSpan(3 * row * width));
        }

        return new RgbImage(width, height, pixels);
    }

    private static int Up(int size, int granularity) => (size + granularity - 1) / granularity * granularity;

    private static RgbImage Grown(RgbImage image, int width, int height)
    {
        var pixels = new byte[3 * width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var from = (Math.Min(y, image.Height - 1) * image.Width) + Math.Min(x, image.Width - 1);
                image.Pixels.Slice(3 * from, 3).CopyTo(pixels.AsSpan(3 * ((y * width) + x)));
            }
        }

        return new RgbImage(width, height, pixels);
    }

    private static PixelMask Grown(PixelMask mask, int width, int height)
    {
        var edited = new bool[width * height];
        for (var y = 0; y < mask.Height; y++)
        {
            mask.Edited.Slice(y * mask.Width, mask.Width).CopyTo(edited.AsSpan(y * width));
        }

        return new PixelMask(width, height, edited);
    }
}
