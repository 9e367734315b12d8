using SimServe.GpuBackend.Layers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Widens, as a rule four times, multiplies one half by the exact GELU of the other, narrows again.</summary>
/// <param name="weights">Its place: <c>net.0.proj</c>, <c>net.2</c>.</param>
/// <param name="channels">Channels in and out.</param>
/// <param name="hidden">Channels inside.</param>
/// <remarks>Source: Shazeer, 2020, "GLU Variants Improve Transformer" (GEGLU).</remarks>
internal sealed class GatedFeedForward(BackboneScope weights, int channels, int hidden)
{
    private readonly GatedLinear _widen = new(weights.Sub("net.0.proj"), channels, hidden);
    private readonly Linear _narrow = new(weights.Sub("net.2"), hidden, channels);

    /// <summary>Applies it.</summary>
    /// <param name="tokens">[B, N, channels].</param>
    /// <returns>[B, N, channels], in memory of its own.</returns>
    public Tensor Apply(Tensor tokens) => _narrow.Apply(_widen.Apply(tokens));
}
