using static TorchSharp.torch;

namespace SimServe.GpuBackend.Weights;

/// <summary>Weights that a training begins with; see <see cref="WeightStore.ToTrain"/>.</summary>
internal sealed class TrainableWeights(long seed, ScalarType type, Device device, Func<string, long[], Tensor?>? start) : IWeightSource
{
    private readonly SeededWeights _seeded = new(seed, type, device);

    /// <inheritdoc/>
    public string Description => _seeded.Description;

    /// <inheritdoc/>
    public bool Has(string name) => true;

    /// <inheritdoc/>
    public Tensor Get(string name, Initialization initialization, long[] shape, Action<string> fault)
    {
        if (start?.Invoke(name, shape) is { } given)
        {
            if (!given.shape.AsSpan().SequenceEqual(shape))
            {
                fault($"begins as [{string.Join(", ", given.shape)}], but the model needs [{string.Join(", ", shape)}].");
            }

            return given.to(type, device, copy: true);
        }

        var first = initialization is Initialization.Modulation or Initialization.ModulationBias ? Initialization.Zero : initialization;
        return _seeded.Get(name, first, shape, fault);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Unused() => [];

    /// <inheritdoc/>
    public void Dispose() => _seeded.Dispose();
}
