using static TorchSharp.torch;

namespace SimServe.GpuBackend.Weights;

/// <summary>The weights of another store: its own tensors, which stay its own.</summary>
internal sealed class SharedWeights(WeightStore owner) : IWeightSource
{
    /// <inheritdoc/>
    public string Description => owner.Description;

    /// <inheritdoc/>
    public bool Lends => true;

    /// <inheritdoc/>
    public bool Has(string name) => owner.Has(name);

    /// <inheritdoc/>
    public Tensor Get(string name, Initialization initialization, long[] shape, Action<string> fault)
    {
        var original = owner.Original(name);
        if (original is null)
        {
            fault("is none of the weights that are shared.");
            return empty(shape, device: META);
        }

        if (!original.shape.AsSpan().SequenceEqual(shape))
        {
            fault($"is [{string.Join(", ", original.shape)}] where it is shared from, but the model needs [{string.Join(", ", shape)}].");
        }

        return original;
    }

    /// <inheritdoc/>
    public IEnumerable<string> Unused() => [];

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
