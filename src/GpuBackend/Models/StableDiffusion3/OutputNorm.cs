using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.DiT;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.StableDiffusion3;

/// <summary>A layer norm scaled and shifted by the condition (diffusers' <c>AdaLayerNormContinuous</c>): the scale comes first.</summary>
/// <param name="weights">Its place: <c>linear</c>.</param>
/// <param name="width">Channels.</param>
internal sealed class OutputNorm(WeightScope weights, long width)
{
    private const double Epsilon = 1e-6;

    private readonly ConditionProjection _projection = new(weights.Sub("linear"), width, 2);
    private readonly LayerNorm _norm = new(width, Epsilon);
    private readonly Tap _tap = weights.Tap();

    /// <summary>Applies it.</summary>
    /// <param name="rows">[B, L, width].</param>
    /// <param name="condition">[B, width].</param>
    /// <returns>[B, L, width].</returns>
    public Tensor Apply(Tensor rows, Tensor condition)
    {
        var parts = _projection.Apply(condition);
        return _tap.Out(Modulation.Apply(_norm.Apply(rows), shift: parts[1], scale: parts[0]));
    }

    /// <summary>Applies it to masked rows.</summary>
    /// <param name="rows">[sum of m, width].</param>
    /// <param name="condition">[B, width].</param>
    /// <param name="tokens">Whose rows they are.</param>
    /// <returns>[sum of m, width].</returns>
    public Tensor ApplyMasked(Tensor rows, Tensor condition, PackedTokens tokens)
    {
        var parts = Array.ConvertAll(_projection.Apply(condition), tokens.ForMasked);
        return Modulation.ApplyToRows(_norm.Apply(rows), shift: parts[1], scale: parts[0]);
    }
}
