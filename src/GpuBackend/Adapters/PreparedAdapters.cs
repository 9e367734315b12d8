namespace SimServe.GpuBackend.Adapters;

/// <summary>Adapters merged into copies of the weights that they change: what is left to do is to swap, and that as often as one likes.</summary>
/// <remarks>
/// Made by <see cref="AdapterSet.Prepare"/> on any thread; <see cref="AdapterSet.Use(PreparedAdapters?)"/> puts it into a model, or into any number of models that share
/// their original weights. May be disposed while it is in use: models keep the values that they use until they use others. Their own memory is then only freed when none does.
/// </remarks>
public sealed class PreparedAdapters : IDisposable
{
    private readonly IReadOnlyList<PreparedWeight> _weights;
    private bool _disposed;

    internal PreparedAdapters(IReadOnlyList<PreparedWeight> weights)
    {
        _weights = weights;
        Bytes = weights.Sum(static weight => weight.Bytes);
    }

    /// <summary>Bytes that the changed weights take, where the originals are.</summary>
    public long Bytes { get; }

    /// <summary>Weights that differ from their originals.</summary>
    public int ChangedWeights => _weights.Count;

    /// <summary>Bytes of one model's changed weights.</summary>
    /// <param name="part">The model.</param>
    public long BytesOf(ModelPart part)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _weights.Where(weight => weight.Part == part).Sum(static weight => weight.Bytes);
    }

    /// <summary>Whether a model's weights are changed.</summary>
    /// <param name="part">The model.</param>
    public bool Changes(ModelPart part) => _weights.Any(weight => weight.Part == part);

    /// <summary>Whether text encoders are changed: prompts must then be encoded with them.</summary>
    public bool ChangesText => Changes(ModelPart.TextEncoder) || Changes(ModelPart.TextEncoder2);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Free(_weights);
        }
    }

    /// <summary>Frees changed values.</summary>
    internal static void Free(IEnumerable<PreparedWeight> weights)
    {
        foreach (var weight in weights)
        {
            weight.Value.Dispose();
        }
    }

    /// <summary>A model's changed weights.</summary>
    /// <exception cref="ObjectDisposedException">They have been freed.</exception>
    internal IEnumerable<PreparedWeight> Of(ModelPart part)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _weights.Where(weight => weight.Part == part);
    }
}
