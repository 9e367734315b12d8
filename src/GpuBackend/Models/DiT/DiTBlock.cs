using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.DiT;

/// <summary>One adaLN-Zero block: self-attention and feed-forward network, each scaled, shifted and gated by the condition.</summary>
internal sealed class DiTBlock
{
    private readonly AdaptiveLayerNormZero _norm;
    private readonly SelfAttention _attention;
    private readonly LayerNorm _feedForwardNorm;
    private readonly FeedForward _feedForward;
    private readonly Tap _tap;

    /// <summary>Creates the block.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="config">The model's sizes.</param>
    public DiTBlock(WeightScope weights, DiTTransformerConfig config)
    {
        _norm = new AdaptiveLayerNormZero(weights.Sub("norm1"), config.Classes, config.Width);
        _attention = new SelfAttention(weights.Sub("attn1"), config.Width, config.Heads, config.AttentionBias, normalised: false);
        _feedForwardNorm = new LayerNorm(config.Width, config.NormEpsilon);
        _feedForward = new FeedForward(weights.Sub("ff"), config.Width);
        _tap = weights.Tap();
    }

    /// <summary>The block's own embedding of time step and class, [B, H].</summary>
    public Tensor Condition(Tensor timestep, Tensor labels, ScalarType type) => _norm.Condition(timestep, labels, type);

    /// <summary>Applies it.</summary>
    /// <param name="hidden">[B, L, H].</param>
    /// <param name="timestep">[B].</param>
    /// <param name="labels">[B].</param>
    /// <returns>[B, L, H].</returns>
    public Tensor Apply(Tensor hidden, Tensor timestep, Tensor labels)
    {
        using var scope = NewDisposeScope();
        _tap.In("hidden_states", hidden);
        _tap.In("timestep", timestep);
        _tap.In("class_labels", labels);
        var normed = _norm.Apply(hidden, timestep, labels);
        var attended = Modulation.AddGated(hidden, normed.AttentionGate, _attention.Apply(normed.Rows));
        var rows = Modulation.Apply(_feedForwardNorm.Apply(attended), normed.Shift, normed.Scale);
        return _tap.Out(Modulation.AddGated(attended, normed.Gate, _feedForward.Apply(rows))).MoveToOuterDisposeScope();
    }
}
