using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.TextEncoders;

/// <summary>What a CLIP text encoder gives.</summary>
/// <param name="LastHiddenState">After the final norm, [B, T, D].</param>
/// <param name="HiddenStates">Input of the first layer and output of each layer, before the final norm; each [B, T, D].</param>
/// <param name="Pooled">The last hidden state at the end token, [B, D].</param>
/// <param name="TextEmbeds">Its projection, [B, P], or <c>null</c> for encoders without one.</param>
public sealed record ClipTextOutput(Tensor LastHiddenState, IReadOnlyList<Tensor> HiddenStates, Tensor Pooled, Tensor? TextEmbeds)
{
    /// <summary>A hidden state counted from the end.</summary>
    /// <param name="layers">Layers left out: 0 for the last layer's output, 1 for the penultimate one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many layers.</exception>
    public Tensor FromEnd(int layers) => layers < HiddenStates.Count
        ? HiddenStates[^(layers + 1)]
        : throw new ArgumentOutOfRangeException(nameof(layers), layers, $"The text encoder has {HiddenStates.Count - 1} layers; fewer must be left out.");
}
