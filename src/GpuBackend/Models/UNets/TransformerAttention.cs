using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Attention with its projections: of image tokens to each other or to the text.</summary>
/// <param name="weights">Its place: <c>to_q</c>, <c>to_k</c>, <c>to_v</c> without biases, <c>to_out.0</c> with one.</param>
/// <param name="channels">Channels of the image tokens.</param>
/// <param name="sourceChannels">Channels of what is attended to.</param>
/// <param name="heads">Heads; divides <paramref name="channels"/>.</param>
internal sealed class TransformerAttention(WeightScope weights, int channels, int sourceChannels, int heads)
{
    private readonly Linear _query = new(weights.Sub("to_q"), channels, channels, bias: false);
    private readonly Linear _key = new(weights.Sub("to_k"), sourceChannels, channels, bias: false);
    private readonly Linear _value = new(weights.Sub("to_v"), sourceChannels, channels, bias: false);
    private readonly Linear _output = new(weights.Sub("to_out.0"), channels, channels);

    /// <summary>Applies it.</summary>
    /// <param name="tokens">[B, N, channels].</param>
    /// <param name="source">[B, K, source channels].</param>
    /// <returns>[B, N, channels], in memory of its own.</returns>
    public Tensor Apply(Tensor tokens, Tensor source) =>
        _output.Apply(Attention.Run(_query.Apply(tokens), _key.Apply(source), _value.Apply(source), heads));

    /// <summary>Keys and values, each [..., channels], of rows [..., source channels].</summary>
    public (Tensor Key, Tensor Value) KeysAndValues(Tensor source) => (_key.Apply(source), _value.Apply(source));

    /// <summary>Attention of packed rows to keys of their own lane.</summary>
    /// <param name="rows">[sum of m, channels].</param>
    /// <param name="source">Keys and values, each [B, K, channels].</param>
    /// <param name="tokens">Whose rows they are.</param>
    /// <returns>[sum of m, channels].</returns>
    public Tensor Apply(Tensor rows, (Tensor Key, Tensor Value) source, PackedTokens tokens) =>
        _output.Apply(tokens.Attend(_query.Apply(rows), source.Key, source.Value, heads));
}
