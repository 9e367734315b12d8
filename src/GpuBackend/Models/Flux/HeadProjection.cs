using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>Projects rows to normalised queries, keys and values of all heads.</summary>
/// <remarks>One product gives all three; rows that are only looked at use the part of the weights that gives keys and values.</remarks>
internal sealed class HeadProjection
{
    private readonly Linear _all;
    private readonly Linear _keyValue;
    private readonly Tensor _scales;
    private readonly Tensor _keyScale;
    private readonly int _heads;

    /// <summary>Creates the projection.</summary>
    /// <param name="weights">Owner of the weights.</param>
    /// <param name="config">The model's sizes.</param>
    /// <param name="all">[3H, H]: query, key, value.</param>
    /// <param name="norm">Key of the norms' scales.</param>
    public HeadProjection(SeededWeights weights, FluxConfig config, Linear all, string norm)
    {
        (_all, _heads) = (all, config.Heads);
        _keyValue = weights.Outputs(all, config.Width, 2 * config.Width);
        var query = weights.Scale(norm + ".query_norm.scale", config.HeadWidth);
        _keyScale = weights.Scale(norm + ".key_norm.scale", config.HeadWidth);
        _scales = weights.Own(stack([query, _keyScale]).unsqueeze(1));
    }

    /// <summary>Queries, keys and values.</summary>
    /// <param name="rows">[R, H], modulated.</param>
    /// <param name="rotary">[R, 1, d/2], or <c>null</c> for rows at the origin.</param>
    /// <returns>Queries with keys [R, 2, heads, d], and values [R, heads, d].</returns>
    public (Tensor QueryKey, Tensor Value) Project(Tensor rows, Tensor? rotary)
    {
        var all = _all.Apply(rows).unflatten(1, [3, _heads, -1]);
        var queryKey = BlockMath.HeadNorm(all.narrow(1, 0, 2), _scales);
        return (rotary is null ? queryKey : RotaryTable.Rotate(queryKey, rotary.unsqueeze(1)), all.select(1, 2));
    }

    /// <summary>Keys and values only.</summary>
    /// <param name="rows">[R, H], modulated.</param>
    /// <param name="rotary">[R, 1, d/2].</param>
    /// <returns>Each [R, heads, d].</returns>
    public (Tensor Key, Tensor Value) ProjectKeyValue(Tensor rows, Tensor rotary)
    {
        var both = _keyValue.Apply(rows).unflatten(1, [2, _heads, -1]);
        return (RotaryTable.Rotate(BlockMath.HeadNorm(both.select(1, 0), _keyScale), rotary), both.select(1, 1));
    }
}
