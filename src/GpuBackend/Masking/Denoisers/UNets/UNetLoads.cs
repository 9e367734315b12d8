using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers.UNets;

/// <summary>Which rows of a template each block of a UNet's shape loads: for whoever stores or copies them.</summary>
/// <remarks>
/// A transformer's block behind another loads rows of its own input, or of its keys and values; a convolution block behind a transformer what that transformer adds to the image. All
/// are of the tokens of the block before.
/// </remarks>
internal sealed class UNetLoads
{
    private readonly ModelShape _shape;
    private readonly (int Rows, int Columns)[] _levels;
    private readonly int[] _tensors;

    /// <summary>Works them out.</summary>
    /// <param name="shape">The model, at one size of images.</param>
    /// <exception cref="ArgumentException">A block's tokens are no level of the shape's grid.</exception>
    public UNetLoads(ModelShape shape)
    {
        _shape = shape;
        _levels = new (int, int)[shape.Blocks.Count];
        _tensors = new int[shape.Blocks.Count];
        var (tensors, loading) = (0, new List<int>());
        for (var block = 0; block < _levels.Length; block++)
        {
            _tensors[block] = tensors;
            if (shape.LoadedRowBytes(block) > 0)
            {
                loading.Add(block);
                _levels[block] = LevelOf(shape, block);
                tensors += shape.LoadsKeysValues(block) ? 2 : 1;
            }
        }

        Blocks = loading;
    }

    /// <summary>Blocks that load rows, ascending.</summary>
    public IReadOnlyList<int> Blocks { get; }

    /// <summary>The level that a block's rows are of: which are masked says <see cref="MaskPyramid.At"/>.</summary>
    /// <param name="block">Number of the block in <see cref="ModelShape.Blocks"/>.</param>
    /// <returns>Rows and columns of tokens, or <c>null</c> where it loads none.</returns>
    public (int Rows, int Columns)? Level(int block) => _shape.LoadedRowBytes(block) > 0 ? _levels[block] : null;

    /// <summary>Rows of all tokens that a block loads, out of a recording of the shape's variant.</summary>
    /// <param name="layers">One step's, of one branch.</param>
    /// <param name="block">One of <see cref="Blocks"/>.</param>
    /// <returns>[N, C], or [N, 2C], keys and then values; the recording's own tensor, or one in the current scope.</returns>
    public Tensor RowsOf(RecordedLayers layers, int block)
    {
        var first = layers.Rows[_tensors[block]];
        return _shape.LoadsKeysValues(block) ? cat([first, layers.Rows[_tensors[block] + 1]], 1) : first;
    }

    // Levels halve both sides, rounding up, until one token is left: no two have equally many.
    private static (int Rows, int Columns) LevelOf(ModelShape shape, int block)
    {
        var (rows, columns, tokens) = (shape.Grid.Rows, shape.Grid.Columns, shape.Blocks[block - 1].ImageTokens);
        while (rows * columns > tokens)
        {
            (rows, columns) = ((rows + 1) / 2, (columns + 1) / 2);
        }

        return rows * columns == tokens ? (rows, columns) : throw new ArgumentException(
            $"Block {block - 1} of {shape.Name} has {tokens} tokens, which no level of {shape.Grid.Columns}x{shape.Grid.Rows} has.", nameof(shape));
    }
}
