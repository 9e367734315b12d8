using SimServe.GpuBackend.Images;

namespace SimServe.GpuBackend.Training;

/// <summary>Pictures of one size side by side.</summary>
public static class PictureSheet
{
    private const byte Paper = 255;

    /// <summary>Puts pictures into rows.</summary>
    /// <param name="rows">Rows of pictures, all of one size; a row may be shorter than others.</param>
    /// <param name="gap">White pixels between and around them, 0 or more.</param>
    /// <param name="scale">Pixels of the sheet for one of a picture, at least 1.</param>
    /// <exception cref="ArgumentException">There is no picture, or sizes differ.</exception>
    public static RgbImage Of(IReadOnlyList<IReadOnlyList<RgbImage>> rows, int gap = 2, int scale = 1)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        var all = rows.SelectMany(static row => row).ToArray();
        if (all.Length == 0 || all.Any(picture => (picture.Width, picture.Height) != (all[0].Width, all[0].Height)))
        {
            throw new ArgumentException("A sheet needs pictures, all of one size.", nameof(rows));
        }

        var (cellWidth, cellHeight) = ((scale * all[0].Width) + gap, (scale * all[0].Height) + gap);
        var (width, height) = ((rows.Max(static row => row.Count) * cellWidth) + gap, (rows.Count * cellHeight) + gap);
        var pixels = new byte[3 * width * height];
        pixels.AsSpan().Fill(Paper);
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < rows[row].Count; column++)
            {
                Copy(rows[row][column], pixels, width, gap + (column * cellWidth), gap + (row * cellHeight), scale);
            }
        }

        return new RgbImage(width, height, pixels);
    }

    private static void Copy(RgbImage picture, byte[] pixels, int width, int left, int top, int scale)
    {
        for (var y = 0; y < scale * picture.Height; y++)
        {
            for (var x = 0; x < scale * picture.Width; x++)
            {
                picture.Pixels.Slice(3 * ((y / scale * picture.Width) + (x / scale)), 3).CopyTo(pixels.AsSpan(3 * (((top + y) * width) + left + x)));
            }
        }
    }
}
