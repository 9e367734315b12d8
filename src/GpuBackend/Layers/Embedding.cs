using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Layers;

/// <summary>A table of vectors.</summary>
/// <param name="weights">Its place: <c>weight</c>, [rows, width].</param>
/// <param name="rows">Vectors in the table.</param>
/// <param name="width">Channels of each.</param>
internal sealed class Embedding(WeightScope weights, long rows, long width)
{
    private readonly Weight _weight = weights.Take("weight", Initialization.Small, rows, width);

    /// <summary>Looks vectors up.</summary>
    /// <param name="ids">[...], int64, each from 0 to rows - 1.</param>
    /// <returns>[..., width].</returns>
    public Tensor Apply(Tensor ids) =>
        _weight.Value.index_select(0, ids.reshape(-1)).reshape([.. ids.shape, width]);
}
