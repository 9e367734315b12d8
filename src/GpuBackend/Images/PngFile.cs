using SimServe.GpuBackend.ModelFiles;
using SimServe.Policies;
using SkiaSharp;

namespace SimServe.GpuBackend.Images;

/// <summary>Reads and writes PNG files.</summary>
/// <remarks>Transparency of images is ignored: the stored colour of a transparent pixel counts. Masks may be made of it.</remarks>
public static class PngFile
{
    private const byte EditedFrom = 128;
    private const long LargestPixels = 1L << 28;

    /// <summary>Reads an image.</summary>
    /// <param name="path">A PNG file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not an image, or damaged.</exception>
    public static RgbImage Read(string path)
    {
        using var bitmap = Decode(path);
        var source = bitmap.GetPixelSpan();
        var pixels = new byte[3 * bitmap.Width * bitmap.Height];
        for (var (from, to) = (0, 0); to < pixels.Length; from += 4, to += 3)
        {
            source.Slice(from, 3).CopyTo(pixels.AsSpan(to));
        }

        return new RgbImage(bitmap.Width, bitmap.Height, pixels);
    }

    /// <summary>Reads a mask.</summary>
    /// <param name="path">A PNG file.</param>
    /// <param name="polarity">
    /// White: a pixel is edited when the mean of its three channels is 128 or more. Alpha: when its opacity is below 128.
    /// </param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not an image, or damaged, or has no transparency though that is what counts.</exception>
    public static PixelMask ReadMask(string path, MaskPolarity polarity = MaskPolarity.White)
    {
        using var bitmap = Decode(path);
        var source = bitmap.GetPixelSpan();
        var edited = new bool[bitmap.Width * bitmap.Height];
        var transparent = false;
        for (var i = 0; i < edited.Length; i++)
        {
            var pixel = source.Slice(4 * i, 4);
            transparent |= pixel[3] < byte.MaxValue;
            edited[i] = polarity == MaskPolarity.White ? pixel[0] + pixel[1] + pixel[2] >= 3 * EditedFrom : pixel[3] < EditedFrom;
        }

        return polarity == MaskPolarity.White || transparent
            ? new PixelMask(bitmap.Width, bitmap.Height, edited)
            : throw new InvalidDataException($"'{path}' has no transparent pixel, so that nothing would be edited; is it a mask whose white is edited?");
    }

    /// <summary>Writes an image; readers never see half a file.</summary>
    /// <param name="path">The file, replaced when it exists. Its folder must exist.</param>
    /// <param name="image">The image.</param>
    public static void Write(string path, RgbImage image)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(image);
        using var encoded = Encode(image);
        WholeFile.Write(path, stream => stream.Write(encoded.Span));
    }

    /// <summary>An image as a bitmap, to draw it.</summary>
    /// <param name="image">The image.</param>
    /// <returns>Opaque, of the image's size; the caller disposes it.</returns>
    public static SKBitmap Bitmap(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var bitmap = new SKBitmap(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var target = bitmap.GetPixelSpan();
        for (var (from, to) = (0, 0); from < image.Pixels.Length; from += 3, to += 4)
        {
            image.Pixels.Slice(from, 3).CopyTo(target[to..]);
            target[to + 3] = byte.MaxValue;
        }

        return bitmap;
    }

    private static SKData Encode(RgbImage image)
    {
        using var bitmap = Bitmap(image);
        return bitmap.Encode(SKEncodedImageFormat.Png, 100)
            ?? throw new InvalidOperationException($"A {image.Width}x{image.Height} image could not be encoded as PNG.");
    }

    private static SKBitmap Decode(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no image file '{path}'.", path);
        }

        using var codec = SKCodec.Create(path) ?? throw new InvalidDataException($"'{path}' is not a PNG image.");
        if (codec.EncodedFormat != SKEncodedImageFormat.Png)
        {
            throw new InvalidDataException($"'{path}' is a {codec.EncodedFormat} image; convert it to PNG.");
        }

        return DecodePixels(path, codec);
    }

    private static SKBitmap DecodePixels(string path, SKCodec codec)
    {
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height > LargestPixels)
        {
            throw new InvalidDataException($"'{path}' claims {width}x{height} pixels; at most {LargestPixels} are read.");
        }

        // Unpremultiplied, so that the colour of a transparent pixel survives; no colour space, so that no value is converted.
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
        {
            bitmap.Dispose();
            throw new InvalidDataException($"'{path}' is damaged or cut short ({result}).");
        }

        return bitmap;
    }
}
