namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>A mask at one resolution.</summary>
internal sealed class LevelMask
{
    private readonly bool[] _masked;

    /// <summary>Takes a mask.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="masked">Row by row.</param>
    public LevelMask(int rows, int columns, bool[] masked)
    {
        (Rows, Columns, _masked) = (rows, columns, masked);
        Masked = [.. Enumerable.Range(0, masked.Length).Where(token => masked[token])];
        Unmasked = [.. Enumerable.Range(0, masked.Length).Where(token => !masked[token])];
    }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>Columns.</summary>
    public int Columns { get; }

    /// <summary>Masked tokens, ascending.</summary>
    public int[] Masked { get; }

    /// <summary>Unmasked tokens, ascending.</summary>
    public int[] Unmasked { get; }

    /// <summary>Half the resolution, rounded up: a token is masked when any of the four under it is.</summary>
    public LevelMask Halved()
    {
        var (rows, columns) = ((Rows + 1) / 2, (Columns + 1) / 2);
        var masked = new bool[rows * columns];
        foreach (var token in Masked)
        {
            masked[(token / Columns / 2 * columns) + (token % Columns / 2)] = true;
        }

        return new LevelMask(rows, columns, masked);
    }

    /// <summary>Tiles that hold a masked token, row by row.</summary>
    /// <param name="side">Tokens of a tile's side; the last tiles may reach beyond the border.</param>
    public IEnumerable<(int Top, int Left)> Tiles(int side) => Masked
        .Select(token => (Top: token / Columns / side * side, Left: token % Columns / side * side))
        .Distinct()
        .Order();

    /// <summary>The mask as ones and zeros, row by row, each token a square of so many pixels.</summary>
    /// <param name="side">Pixels of a token's side.</param>
    public bool[] Pixels(int side)
    {
        var pixels = new bool[Rows * side * Columns * side];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (y, x) = (i / (Columns * side), i % (Columns * side));
            pixels[i] = _masked[(y / side * Columns) + (x / side)];
        }

        return pixels;
    }
}
