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
    /// <param name="recorder">Told the rows, or <c>null</c>.</param>
    /// <returns>[B, L, H].</returns>
    public Tensor Apply(Tensor hidden, Tensor timestep, Tensor labels, IBlockRecorder? recorder = null)
    {
        using var scope = NewDisposeScope();
        recorder?.Input(hidden, _norm.ModulationOf(timestep, labels, hidden.dtype)[..2], Keys);
        _tap.In("hidden_states", hidden);
        _tap.In("timestep", timestep);
        _tap.In("class_labels", labels);
        var normed = _norm.Apply(hidden, timestep, labels);
        var attended = Modulation.AddGated(hidden, normed.AttentionGate, _attention.Apply(normed.Rows));
        var rows = Modulation.Apply(_feedForwardNorm.Apply(attended), normed.Shift, normed.Scale);
        return _tap.Out(Modulation.AddGated(attended, normed.Gate, _feedForward.Apply(rows))).MoveToOuterDisposeScope();
    }

    /// <summary>Applies it to masked rows; keys and values of the others come from elsewhere.</summary>
    /// <param name="rows">[sum of m, H].</param>
    /// <param name="tokens">Whose rows they are.</param>
    /// <param name="condition">Time steps and classes, [B].</param>
    /// <param name="others">What is not computed.</param>
    /// <returns>[sum of m, H].</returns>
    public Tensor ApplyMasked(Tensor rows, PackedTokens tokens, (Tensor Timestep, Tensor Labels) condition, IBlockRows others)
    {
        using var scope = NewDisposeScope();
        var parts = Array.ConvertAll(_norm.ModulationOf(condition.Timestep, condition.Labels, rows.dtype), tokens.ForMasked);
        var normed = _norm.ApplyToRows(rows, parts[0], parts[1]);
        var keys = tokens.Fill(_attention.KeysAndValues(normed), others.Unmasked(tokens, Keys)[0]);
        var attended = Modulation.AddGatedToRows(rows, parts[2], _attention.ApplyMasked(normed, tokens, keys));
        var inner = Modulation.ApplyToRows(_feedForwardNorm.Apply(attended), parts[3], parts[4]);
        return Modulation.AddGatedToRows(attended, parts[5], _feedForward.Apply(inner)).MoveToOuterDisposeScope();
    }

    private (Tensor Key, Tensor Value)[] Keys(Tensor rows, IReadOnlyList<Tensor> modulation) =>
        [_attention.KeysAndValues(_norm.ApplyToRows(rows, modulation[0], modulation[1]))];
}
