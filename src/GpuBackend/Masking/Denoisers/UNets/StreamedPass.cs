using SimServe.GpuBackend.Layers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers.UNets;

/// <summary>A masked pass that asks for templates' rows right before a block needs them, and tells how far it is.</summary>
/// <param name="masks">Each lane's mask.</param>
/// <param name="variant">What the rows are.</param>
/// <param name="rows">Gives them.</param>
/// <param name="expand">Turns a block's stored rows into the model's numbers.</param>
internal sealed class StreamedPass(IReadOnlyList<MaskPyramid> masks, ReuseVariant variant, ITemplateRows rows, Func<int, Tensor, Tensor> expand)
    : MaskedPass(masks, variant, ReuseModes.Cached)
{
    private int _released;

    /// <inheritdoc/>
    protected override Tensor Unmasked(PackedTokens tokens)
    {
        // Where everything is masked nobody looks at them.
        if (tokens.UnmaskedCount == 0)
        {
            return empty(0, 2);
        }

        var expanded = expand(Block, rows.Unmasked(Block));
        return expanded.shape[0] == tokens.UnmaskedCount ? expanded : throw new InvalidOperationException(
            $"Block {Block} was given {expanded.shape[0]} rows; it needs {tokens.UnmaskedCount}, one for each unmasked token of each lane at its level.");
    }

    /// <inheritdoc/>
    protected override (Tensor Key, Tensor Value) UnmaskedKeys(PackedTokens tokens)
    {
        var both = Unmasked(tokens);
        var width = both.shape[1] / 2;
        return (both.narrow(1, 0, width), both.narrow(1, width, width));
    }

    /// <inheritdoc/>
    protected override void Skip(int rows)
    {
    }

    /// <inheritdoc/>
    protected override void RowsRead() => Release(Block);

    /// <inheritdoc/>
    protected override void Issued(int block)
    {
        Release(block);
        rows.Finished(block);
    }

    // A block whose rows have been read has released them before it is issued: their memory is free the earlier.
    private void Release(int block)
    {
        if (_released == block)
        {
            rows.Released(_released++);
        }
    }
}
