namespace SimServe.Policies;

/// <summary>Which pixels of an image are to be edited.</summary>
/// <remarks>White is edited, black is kept: the polarity of diffusers' inpainting pipelines.</remarks>
public sealed class PixelMask
{
    private readonly bool[] _edited;

    /// <summary>Creates a mask.</summary>
    /// <param name="width">Pixels per row, at least 1.</param>
    /// <param name="height">Pixels per column, at least 1.</param>
    /// <param name="edited">Row by row from the top left, <c>true</c> where the pixel is edited; length width * height.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="edited"/> is not width * height.</exception>
    public PixelMask(int width, int height, bool[] edited)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(edited);
        if (edited.Length != width * height)
        {
            throw new ArgumentException($"A {width}x{height} mask has {width * height} pixels, not {edited.Length}.", nameof(edited));
        }

        Width = width;
        Height = height;
        _edited = edited;
    }

    /// <summary>Pixels per row.</summary>
    public int Width { get; }

    /// <summary>Pixels per column.</summary>
    public int Height { get; }

    /// <summary>Row by row from the top left, <c>true</c> where the pixel is edited.</summary>
    public ReadOnlySpan<bool> Edited => _edited;

    /// <summary>Whether a pixel is edited.</summary>
    /// <param name="x">Column, from 0 to Width - 1.</param>
    /// <param name="y">Row, from 0 to Height - 1.</param>
    public bool this[int x, int y] => _edited[(y * Width) + x];
}
