using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.StableDiffusion3;

/// <summary>The stored embeddings of token positions, of which an image takes the middle.</summary>
/// <param name="weights">Its place: <c>pos_embed</c>, [1, size * size, width].</param>
/// <param name="size">Rows, and columns, of the table.</param>
/// <param name="width">Channels.</param>
internal sealed class PositionTable(WeightScope weights, long size, long width)
{
    private readonly Weight _table = weights.Take("pos_embed", Initialization.Small, 1, size * size, width);

    /// <summary>The middle of the table.</summary>
    /// <param name="rows">Rows of tokens.</param>
    /// <param name="columns">Columns of tokens.</param>
    /// <returns>[1, rows * columns, width].</returns>
    /// <exception cref="ArgumentException">The image is larger than the table.</exception>
    public Tensor Crop(long rows, long columns)
    {
        if (rows > size || columns > size)
        {
            throw new ArgumentException($"The image has {rows} x {columns} tokens, but the model knows the positions of {size} x {size} only; make it smaller.");
        }

        return _table.Value.reshape(size, size, width)
            .narrow(0, (size - rows) / 2, rows)
            .narrow(1, (size - columns) / 2, columns)
            .reshape(1, rows * columns, width);
    }
}
