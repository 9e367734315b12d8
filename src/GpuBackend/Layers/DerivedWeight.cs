using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Layers;

/// <summary>A tensor that is made of weights: kept until an adapter changes one of them, then made again of the current values.</summary>
/// <remarks>
/// Any number of threads may ask at once. What a changed weight leaves behind is freed by whoever asks next: weights are not changed while a model runs, so nobody reads it any more. As the same values give
/// the same tensor, removing an adapter gives the very results of before.
/// </remarks>
/// <param name="make">Makes it of the sources' values; what else it makes is freed.</param>
/// <param name="sources">The weights.</param>
internal sealed class DerivedWeight(Func<Tensor[], Tensor> make, params Weight[] sources) : IDisposable
{
    private readonly Lock _making = new();
    private Made? _made;

    /// <summary>It, of what the weights are now.</summary>
    public Tensor Value => Volatile.Read(ref _made) is { } made && made.IsOf(sources) ? made.Value : Renewed();

    /// <inheritdoc/>
    public void Dispose() => _made?.Value.Dispose();

    private Tensor Renewed()
    {
        lock (_making)
        {
            if (_made is { } made && made.IsOf(sources))
            {
                return made.Value;
            }

            using var mode = inference_mode(false);
            using var constant = no_grad();
            using var scope = NewDisposeScope();
            Tensor[] values = [.. sources.Select(static weight => weight.Value)];
            var value = make(values).DetachFromDisposeScope();
            _made?.Value.Dispose();
            Volatile.Write(ref _made, new Made(values, value));
            return value;
        }
    }

    // The values are compared by identity: a patch is another tensor, and restoring brings the old one back.
    private sealed record Made(Tensor[] Of, Tensor Value)
    {
        public bool IsOf(Weight[] sources)
        {
            for (var i = 0; i < sources.Length; i++)
            {
                if (!ReferenceEquals(Of[i], sources[i].Value))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
