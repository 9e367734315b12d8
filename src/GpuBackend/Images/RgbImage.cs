namespace SimServe.GpuBackend.Images;

/// <summary>An 8-bit RGB image.</summary>
public sealed class RgbImage
{
    private readonly byte[] _pixels;

    /// <summary>Creates an image.</summary>
    /// <param name="width">Pixels per row, at least 1.</param>
    /// <param name="height">Pixels per column, at least 1.</param>
    /// <param name="pixels">Red, green, blue of each pixel, row by row from the top left; length 3 * width * height. Not copied.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="pixels"/> does not fit.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.LongLength != 3L * width * height)
        {
            throw new ArgumentException($"A {width}x{height} image has {3L * width * height} bytes, not {pixels.LongLength}.", nameof(pixels));
        }

        (Width, Height, _pixels) = (width, height, pixels);
    }

    /// <summary>Pixels per row.</summary>
    public int Width { get; }

    /// <summary>Pixels per column.</summary>
    public int Height { get; }

    /// <summary>Red, green, blue of each pixel, row by row from the top left.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;
}
