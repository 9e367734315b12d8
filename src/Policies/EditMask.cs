using System.Numerics;

namespace SimServe.Policies;

/// <summary>Which image tokens an edit recomputes, together with the pixels it may change.</summary>
/// <remarks>
/// A token is masked as soon as one of its pixels is edited (max pooling), so no edited pixel is ever left to the template.
/// Masks made from tokens (simulated workloads) create their pixels only when asked: one bit per token is stored.
/// </remarks>
public sealed class EditMask
{
    private readonly ulong[] _bits;
    private PixelMask? _pixels;

    private EditMask(TokenGrid grid, ulong[] bits, PixelMask? pixels)
    {
        Grid = grid;
        _bits = bits;
        _pixels = pixels;
        foreach (var word in bits)
        {
            MaskedTokens += BitOperations.PopCount(word);
        }

        if (MaskedTokens == 0)
        {
            throw new ArgumentException("The mask edits nothing: at least one pixel must be white.");
        }
    }

    /// <summary>The grid of image tokens.</summary>
    public TokenGrid Grid { get; }

    /// <summary>Number of masked tokens, from 1 to <see cref="TokenGrid.Count"/>.</summary>
    public int MaskedTokens { get; }

    /// <summary>Number of tokens left to the template.</summary>
    public int UnmaskedTokens => Grid.Count - MaskedTokens;

    /// <summary>Masked tokens over all tokens, in (0, 1].</summary>
    public double Ratio => (double)MaskedTokens / Grid.Count;

    /// <summary>The pixels the edit may change.</summary>
    public PixelMask Pixels => _pixels ??= PixelsOfTokens();

    /// <summary>Pools a pixel mask to tokens.</summary>
    /// <param name="grid">The model's grid; its pixel size must be the mask's.</param>
    /// <param name="pixels">The pixels the edit may change.</param>
    /// <exception cref="ArgumentException">The sizes differ, or no pixel is edited.</exception>
    public static EditMask FromPixels(TokenGrid grid, PixelMask pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.Width != grid.Width || pixels.Height != grid.Height)
        {
            throw new ArgumentException(
                $"The mask is {pixels.Width}x{pixels.Height} pixels but the image is {grid.Width}x{grid.Height}; make both the same size.");
        }

        var bits = NewBits(grid);
        for (var y = 0; y < pixels.Height; y++)
        {
            for (var x = 0; x < pixels.Width; x++)
            {
                if (pixels[x, y])
                {
                    SetBit(bits, (y / grid.PatchPixels * grid.Columns) + (x / grid.PatchPixels));
                }
            }
        }

        return new EditMask(grid, bits, pixels);
    }

    /// <summary>A mask of whole tokens.</summary>
    /// <param name="grid">The model's grid.</param>
    /// <param name="maskedTokens">Token numbers, each from 0 to <see cref="TokenGrid.Count"/> - 1, in any order.</param>
    /// <exception cref="ArgumentException">No token is masked.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token number lies outside the grid.</exception>
    public static EditMask FromTokens(TokenGrid grid, ReadOnlySpan<int> maskedTokens)
    {
        var bits = NewBits(grid);
        foreach (var token in maskedTokens)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(token, nameof(maskedTokens));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, grid.Count, nameof(maskedTokens));
            SetBit(bits, token);
        }

        return new EditMask(grid, bits, null);
    }

    /// <summary>The mask of the whole image.</summary>
    /// <param name="grid">The model's grid.</param>
    public static EditMask Everything(TokenGrid grid) => FromTokens(grid, [.. Enumerable.Range(0, grid.Count)]);

    /// <summary>Whether a token is masked.</summary>
    /// <param name="token">From 0 to <see cref="TokenGrid.Count"/> - 1.</param>
    public bool IsMasked(int token) => (_bits[token >> 6] >> (token & 63) & 1) != 0;

    /// <summary>Token numbers in ascending order, masked or unmasked.</summary>
    /// <param name="masked">Which of the two to list.</param>
    public int[] Tokens(bool masked)
    {
        var tokens = new int[masked ? MaskedTokens : UnmaskedTokens];
        var next = 0;
        for (var token = 0; token < Grid.Count; token++)
        {
            if (IsMasked(token) == masked)
            {
                tokens[next++] = token;
            }
        }

        return tokens;
    }

    private static ulong[] NewBits(TokenGrid grid) => new ulong[(grid.Count + 63) >> 6];

    private static void SetBit(ulong[] bits, int token) => bits[token >> 6] |= 1UL << (token & 63);

    private PixelMask PixelsOfTokens()
    {
        var edited = new bool[Grid.Width * Grid.Height];
        for (var pixel = 0; pixel < edited.Length; pixel++)
        {
            var (y, x) = (pixel / Grid.Width, pixel % Grid.Width);
            edited[pixel] = IsMasked((y / Grid.PatchPixels * Grid.Columns) + (x / Grid.PatchPixels));
        }

        return new PixelMask(Grid.Width, Grid.Height, edited);
    }
}
