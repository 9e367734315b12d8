using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.TextEncoders;

/// <summary>One layer of CLIP's text encoder: attention and feed-forward, each behind a norm and beside a shortcut.</summary>
internal sealed class ClipLayer(WeightScope weights, ClipTextConfig config)
{
    private const double QuickGeluFactor = 1.702;

    private readonly LayerNorm _norm1 = new(weights.Sub("layer_norm1"), config.Width, config.NormEpsilon);
    private readonly Linear _query = new(weights.Sub("self_attn.q_proj"), config.Width, config.Width);
    private readonly Linear _key = new(weights.Sub("self_attn.k_proj"), config.Width, config.Width);
    private readonly Linear _value = new(weights.Sub("self_attn.v_proj"), config.Width, config.Width);
    private readonly Linear _output = new(weights.Sub("self_attn.out_proj"), config.Width, config.Width);
    private readonly LayerNorm _norm2 = new(weights.Sub("layer_norm2"), config.Width, config.NormEpsilon);
    private readonly Linear _up = new(weights.Sub("mlp.fc1"), config.Width, config.FeedForwardWidth);
    private readonly Linear _down = new(weights.Sub("mlp.fc2"), config.FeedForwardWidth, config.Width);

    /// <summary>Applies it.</summary>
    /// <param name="hidden">[B, T, D].</param>
    /// <param name="mask">Added to the scores, [T, T] or [B, 1, T, T].</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Apply(Tensor hidden, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var normed = _norm1.Apply(hidden);
        var attended = Attention.Run(_query.Apply(normed), _key.Apply(normed), _value.Apply(normed), config.Heads, mask);
        var middle = _output.Apply(attended).add_(hidden);
        return _down.Apply(Activate(_up.Apply(_norm2.Apply(middle)))).add_(middle).MoveToOuterDisposeScope();
    }

    private Tensor Activate(Tensor hidden) => config.QuickGelu ? hidden.mul(QuickGeluFactor).sigmoid_().mul(hidden) : nn.functional.gelu(hidden);
}
