using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>Projects rows to normalised queries and keys and to values of all heads, one layer for each, so that an adapter can change one alone.</summary>
internal sealed class HeadProjection
{
    private const double Epsilon = 1e-6;

    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly RmsNorm _queryNorm;
    private readonly RmsNorm _keyNorm;
    private readonly int _heads;

    private HeadProjection(WeightScope weights, FluxTransformerConfig config, (string Before, string After, string Norm) names)
    {
        _heads = config.Heads;
        _query = Layer('q');
        _key = Layer('k');
        _value = Layer('v');
        _queryNorm = Norm('q');
        _keyNorm = Norm('k');

        Linear Layer(char letter) => new(weights.Sub($"{names.Before}{letter}{names.After}"), config.Width, config.Width);

        RmsNorm Norm(char letter) => new(weights.Sub($"{names.Norm}{letter}"), config.HeadWidth, Epsilon);
    }

    /// <summary>The projection of image rows, or of the joint sequence: <c>to_q</c>, <c>norm_q</c>, and so on.</summary>
    /// <param name="weights">The place of the attention's weights.</param>
    /// <param name="config">The model's sizes.</param>
    public static HeadProjection OfImage(WeightScope weights, FluxTransformerConfig config) => new(weights, config, ("to_", "", "norm_"));

    /// <summary>The projection of text rows: <c>add_q_proj</c>, <c>norm_added_q</c>, and so on.</summary>
    /// <param name="weights">The place of the attention's weights.</param>
    /// <param name="config">The model's sizes.</param>
    public static HeadProjection OfText(WeightScope weights, FluxTransformerConfig config) => new(weights, config, ("add_", "_proj", "norm_added_"));

    /// <summary>Attention heads.</summary>
    public int Count => _heads;

    /// <summary>Queries, keys and values, not yet rotated.</summary>
    /// <param name="rows">[R, H], modulated.</param>
    /// <returns>Each [R, heads, d].</returns>
    public (Tensor Query, Tensor Key, Tensor Value) Project(Tensor rows)
    {
        var (key, value) = ProjectKeyValue(rows);
        return (_queryNorm.Apply(Split(_query.Apply(rows))), key, value);
    }

    /// <summary>Keys and values only, for rows that are only looked at.</summary>
    /// <param name="rows">[R, H], modulated.</param>
    /// <returns>Each [R, heads, d].</returns>
    public (Tensor Key, Tensor Value) ProjectKeyValue(Tensor rows) =>
        (_keyNorm.Apply(Split(_key.Apply(rows))), Split(_value.Apply(rows)));

    private Tensor Split(Tensor rows) => rows.unflatten(1, [_heads, -1]);
}
