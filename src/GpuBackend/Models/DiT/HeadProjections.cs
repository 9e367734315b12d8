using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.DiT;

/// <summary>Queries, keys and values of one stream, split into heads.</summary>
internal sealed class HeadProjections
{
    private const double Epsilon = 1e-6;

    private readonly int _heads;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly RmsNorm? _queryNorm;
    private readonly RmsNorm? _keyNorm;

    /// <summary>Creates the projections.</summary>
    /// <param name="weights">Their place.</param>
    /// <param name="names">Names of the linear layers.</param>
    /// <param name="norms">Names of the norms.</param>
    /// <param name="sizes">Channels, heads, whether there are biases, and whether queries and keys are normalised.</param>
    public HeadProjections(
        WeightScope weights, (string Query, string Key, string Value) names, (string Query, string Key) norms, (long Width, int Heads, bool Bias, bool Normalised) sizes)
    {
        _heads = sizes.Heads;
        _query = new Linear(weights.Sub(names.Query), sizes.Width, sizes.Width, sizes.Bias);
        _key = new Linear(weights.Sub(names.Key), sizes.Width, sizes.Width, sizes.Bias);
        _value = new Linear(weights.Sub(names.Value), sizes.Width, sizes.Width, sizes.Bias);
        if (sizes.Normalised)
        {
            _queryNorm = new RmsNorm(weights.Sub(norms.Query), sizes.Width / sizes.Heads, Epsilon);
            _keyNorm = new RmsNorm(weights.Sub(norms.Key), sizes.Width / sizes.Heads, Epsilon);
        }
    }

    /// <summary>Applies them.</summary>
    /// <param name="rows">[B, L, width].</param>
    /// <returns>Each [B, heads, L, width / heads].</returns>
    public (Tensor Query, Tensor Key, Tensor Value) Apply(Tensor rows)
    {
        var query = Attention.Split(_query.Apply(rows), _heads);
        var key = Attention.Split(_key.Apply(rows), _heads);
        var value = Attention.Split(_value.Apply(rows), _heads);
        return (_queryNorm?.Apply(query) ?? query, _keyNorm?.Apply(key) ?? key, value);
    }

    /// <summary>Queries of rows [..., width], the heads side by side.</summary>
    public Tensor Query(Tensor rows) => Normed(_query.Apply(rows), _queryNorm);

    /// <summary>Keys and values of rows [..., width], the heads side by side.</summary>
    public (Tensor Key, Tensor Value) KeysAndValues(Tensor rows) => (Normed(_key.Apply(rows), _keyNorm), _value.Apply(rows));

    private Tensor Normed(Tensor rows, RmsNorm? norm) =>
        norm is null ? rows : norm.Apply(rows.unflatten(rows.dim() - 1, [_heads, -1])).flatten(rows.dim() - 1);
}
