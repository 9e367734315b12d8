using static TorchSharp.torch;

namespace SimServe.GpuBackend.Weights;

/// <summary>Weights that have shapes and no memory, on Torch's meta device.</summary>
internal sealed class CountedWeights : IWeightSource
{
    /// <inheritdoc/>
    public string Description => "counted weights";

    /// <inheritdoc/>
    public bool Has(string name) => true;

    /// <inheritdoc/>
    public Tensor Get(string name, Initialization initialization, long[] shape, Action<string> fault) => empty(shape, device: META);

    /// <inheritdoc/>
    public IEnumerable<string> Unused() => [];

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
