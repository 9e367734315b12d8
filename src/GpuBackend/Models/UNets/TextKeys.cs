using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Keys and values of one request's text in every attention to it, of a U-Net and its ControlNets: computed in the first step that needs them.</summary>
/// <remarks>Belongs to one request, whose steps follow one another with the same text and the same weights; freed with it.</remarks>
internal sealed class TextKeys : IDisposable
{
    private readonly Dictionary<TransformerAttention, (Tensor Key, Tensor Value)> _made = [];

    /// <summary>Keys and values in one attention.</summary>
    /// <param name="attention">The attention.</param>
    /// <param name="text">[B, T, text width], the same at every call.</param>
    /// <returns>Each [B, T, channels]; owned by this.</returns>
    public (Tensor Key, Tensor Value) Of(TransformerAttention attention, Tensor text)
    {
        if (!_made.TryGetValue(attention, out var made))
        {
            var (key, value) = attention.KeysAndValues(text);
            _made.Add(attention, made = (key.DetachFromDisposeScope(), value.DetachFromDisposeScope()));
        }

        return made;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (key, value) in _made.Values)
        {
            key.Dispose();
            value.Dispose();
        }
    }
}
