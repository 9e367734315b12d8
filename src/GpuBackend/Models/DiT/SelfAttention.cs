using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.DiT;

/// <summary>Attention of a sequence over itself.</summary>
/// <param name="weights">Its place: <c>to_q</c>, <c>to_k</c>, <c>to_v</c>, <c>to_out.0</c>, and <c>norm_q</c>, <c>norm_k</c> where normalised.</param>
/// <param name="width">Channels.</param>
/// <param name="heads">Heads; divides <paramref name="width"/>.</param>
/// <param name="bias">Whether queries, keys and values have a bias.</param>
/// <param name="normalised">Whether each head's queries and keys pass a root-mean-square norm.</param>
internal sealed class SelfAttention(WeightScope weights, long width, int heads, bool bias, bool normalised)
{
    private readonly HeadProjections _projections = new(weights, ("to_q", "to_k", "to_v"), ("norm_q", "norm_k"), (width, heads, bias, normalised));
    private readonly Linear _output = new(weights.Sub("to_out", 0), width, width);

    /// <summary>Applies it.</summary>
    /// <param name="rows">[B, L, width].</param>
    /// <returns>[B, L, width].</returns>
    public Tensor Apply(Tensor rows)
    {
        var (query, key, value) = _projections.Apply(rows);
        return _output.Apply(Attention.Joined(Attention.Of(query, key, value)));
    }

    /// <summary>Keys and values of rows [n, width].</summary>
    public (Tensor Key, Tensor Value) KeysAndValues(Tensor rows) => _projections.KeysAndValues(rows);

    /// <summary>Attention of masked rows to all tokens of their lane.</summary>
    /// <param name="rows">[sum of m, width].</param>
    /// <param name="tokens">Whose rows they are.</param>
    /// <param name="keys">Keys and values, each [B, L, width].</param>
    /// <returns>[sum of m, width].</returns>
    public Tensor ApplyMasked(Tensor rows, PackedTokens tokens, (Tensor Key, Tensor Value) keys) =>
        _output.Apply(tokens.Attend(_projections.Query(rows), keys.Key, keys.Value, heads));
}
