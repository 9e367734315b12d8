using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.DiT;

/// <summary>The norm before attention, with the block's own embedding of time step and class.</summary>
/// <param name="weights">Its place: <c>emb</c>, <c>linear</c>.</param>
/// <param name="classes">Classes, the null class left out.</param>
/// <param name="width">Channels of the hidden state.</param>
internal sealed class AdaptiveLayerNormZero(WeightScope weights, long classes, long width)
{
    private const int SinusoidalWidth = 256;
    private const int Parts = 6;
    private const double Epsilon = 1e-6;

    private readonly TimestepEmbedding _time = new(weights.Sub("emb").Sub("timestep_embedder"), SinusoidalWidth, width);
    private readonly Embedding _label = new(weights.Sub("emb").Sub("class_embedder").Sub("embedding_table"), classes + 1, width);
    private readonly ConditionProjection _projection = new(weights.Sub("linear"), width, Parts);
    private readonly LayerNorm _norm = new(width, Epsilon);
    private readonly Tap _tap = weights.Tap();

    /// <summary>Embeds time step and class.</summary>
    /// <param name="timestep">[B].</param>
    /// <param name="labels">[B], int64.</param>
    /// <param name="type">Type of the result.</param>
    /// <returns>[B, width].</returns>
    public Tensor Condition(Tensor timestep, Tensor labels, ScalarType type) =>
        _time.Apply(SinusoidalEmbedding.Of(timestep, SinusoidalWidth, frequencyShift: 1).to(type)).add(_label.Apply(labels));

    /// <summary>Applies it.</summary>
    /// <param name="rows">[B, L, width].</param>
    /// <param name="timestep">[B].</param>
    /// <param name="labels">[B], int64.</param>
    /// <returns>The modulated rows, and what gates attention and modulates the feed-forward network, each [B, width].</returns>
    public (Tensor Rows, Tensor AttentionGate, Tensor Shift, Tensor Scale, Tensor Gate) Apply(Tensor rows, Tensor timestep, Tensor labels)
    {
        _tap.In("x", rows);
        _tap.In("timestep", timestep);
        _tap.In("class_labels", labels);
        var parts = ModulationOf(timestep, labels, rows.dtype);
        var modulated = Modulation.Apply(_norm.Apply(rows), shift: parts[0], scale: parts[1]);
        _tap.Out(0, modulated);
        for (var part = 2; part < Parts; part++)
        {
            _tap.Out(part - 1, parts[part]);
        }

        return (modulated, parts[2], parts[3], parts[4], parts[5]);
    }

    /// <summary>Shift, scale and gate of the attention, then of the feed-forward network, each [B, width].</summary>
    public Tensor[] ModulationOf(Tensor timestep, Tensor labels, ScalarType type) => _projection.Apply(Condition(timestep, labels, type));

    /// <summary>Rows [n, width] behind the norm, each with its shift and scale.</summary>
    public Tensor ApplyToRows(Tensor rows, Tensor shift, Tensor scale) => Modulation.ApplyToRows(_norm.Apply(rows), shift, scale);
}
