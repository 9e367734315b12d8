using System.Numerics;

namespace SimServe.Policies;

/// <summary>Which image tokens an edit recomputes, together with the pixels it may change.</summary>
/// <remarks>
/// A token is masked as soon as one of its pixels is edited (max pooling), so no edited pixel is ever left to the template.
/// Masks made from tokens create their pixels only when asked: one bit per token is stored. Of a mask made by <see cref="OfSize"/>
/// (workloads that are only simulated) nothing but the size is known.
/// </remarks>
public sealed class EditMask
{
    private readonly ulong[]? _bits;

    // The tokens before dilation; null where they are the masked ones.
    private readonly ulong[]? _edited;
    private PixelMask? _pixels;

    private EditMask(TokenGrid grid, int maskedTokens) => (Grid, MaskedTokens) = (grid, maskedTokens);

    private EditMask(TokenGrid grid, ulong[] bits, PixelMask? pixels, ulong[]? edited = null)
    {
        Grid = grid;
        _bits = bits;
        _edited = edited;
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

    /// <summary>Whether it is known which tokens are masked, and not only how many.</summary>
    public bool HasShape => _bits is not null;

    /// <summary>The pixels the edit may change.</summary>
    /// <exception cref="InvalidOperationException">Only the size is known.</exception>
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

    /// <summary>A mask of which only the size is known: enough for costs and policies, not for images.</summary>
    /// <param name="grid">The model's grid.</param>
    /// <param name="maskedTokens">From 1 to <see cref="TokenGrid.Count"/>.</param>
    /// <remarks>It says nothing of the request that has it, so requests can share it.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The number lies outside its range.</exception>
    public static EditMask OfSize(TokenGrid grid, int maskedTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maskedTokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maskedTokens, grid.Count);
        return new EditMask(grid, maskedTokens);
    }

    /// <summary>The mask of the whole image.</summary>
    /// <param name="grid">The model's grid.</param>
    public static EditMask Everything(TokenGrid grid) => FromTokens(grid, [.. Enumerable.Range(0, grid.Count)]);

    /// <summary>The mask with a margin of tokens that are computed and not edited: they see the edit instead of the template's past.</summary>
    /// <param name="margin">Tokens in every direction, diagonals too; 0 or more.</param>
    /// <returns>A mask that edits the same pixels and masks all tokens within the margin; this one where there are none.</returns>
    /// <remarks>With everything in the margin a reuse step computes what the plain model does. Dilating twice is dilating by the sum.</remarks>
    /// <exception cref="InvalidOperationException">Only the size is known.</exception>
    public EditMask Dilated(int margin)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(margin);
        var bits = NewBits(Grid);
        foreach (var token in Tokens(masked: true))
        {
            var (column, row) = (token % Grid.Columns, token / Grid.Columns);
            for (var y = Math.Max(0, row - margin); y <= Math.Min(Grid.Rows - 1, row + margin); y++)
            {
                for (var x = Math.Max(0, column - margin); x <= Math.Min(Grid.Columns - 1, column + margin); x++)
                {
                    SetBit(bits, (y * Grid.Columns) + x);
                }
            }
        }

        return bits.AsSpan().SequenceEqual(Bits()) ? this : new EditMask(Grid, bits, Pixels, _edited ?? _bits);
    }

    /// <summary>Masked tokens that the edit changes, in ascending order: all of them but those of a margin.</summary>
    /// <exception cref="InvalidOperationException">Only the size is known.</exception>
    public int[] EditedTokens() => _edited is null ? Tokens(masked: true) : [.. Tokens(masked: true).Where(token => IsSet(_edited, token))];

    /// <summary>Whether a token is masked.</summary>
    /// <param name="token">From 0 to <see cref="TokenGrid.Count"/> - 1.</param>
    /// <exception cref="InvalidOperationException">Only the size is known.</exception>
    public bool IsMasked(int token) => IsSet(Bits(), token);

    /// <summary>Token numbers in ascending order, masked or unmasked.</summary>
    /// <param name="masked">Which of the two to list.</param>
    /// <exception cref="InvalidOperationException">Only the size is known.</exception>
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

    private ulong[] Bits() => _bits ?? throw new InvalidOperationException(
        $"Only the size of this mask is known: {MaskedTokens} of {Grid.Count} tokens. Images need its shape: draw the workload with mask shapes, or give the mask as pixels.");

    private static ulong[] NewBits(TokenGrid grid) => new ulong[(grid.Count + 63) >> 6];

    private static bool IsSet(ulong[] bits, int token) => (bits[token >> 6] >> (token & 63) & 1) != 0;

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
