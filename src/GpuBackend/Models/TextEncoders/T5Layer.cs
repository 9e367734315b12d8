using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.TextEncoders;

/// <summary>One layer of T5's encoder: attention and feed-forward, each behind a norm and beside a shortcut.</summary>
/// <remarks>Scores are not scaled by the head's width: T5's initialization takes care of it.</remarks>
internal sealed class T5Layer(WeightScope weights, T5EncoderConfig config)
{
    // Just inside float16's range, as the reference has it.
    private const double LargestHalf = 64504;

    private readonly RmsNorm _norm1 = new(weights.Sub("layer.0.layer_norm"), config.Width, config.NormEpsilon);
    private readonly Linear _query = new(weights.Sub("layer.0.SelfAttention.q"), config.Width, config.Heads * config.HeadWidth, bias: false);
    private readonly Linear _key = new(weights.Sub("layer.0.SelfAttention.k"), config.Width, config.Heads * config.HeadWidth, bias: false);
    private readonly Linear _value = new(weights.Sub("layer.0.SelfAttention.v"), config.Width, config.Heads * config.HeadWidth, bias: false);
    private readonly Linear _output = new(weights.Sub("layer.0.SelfAttention.o"), config.Heads * config.HeadWidth, config.Width, bias: false);
    private readonly RmsNorm _norm2 = new(weights.Sub("layer.1.layer_norm"), config.Width, config.NormEpsilon);
    private readonly T5FeedForward _feedForward = new(weights.Sub("layer.1.DenseReluDense"), config);
    private readonly ScalarType _type = weights.Store.Type;
    private readonly Tap _tap = weights.Tap();

    /// <summary>Applies it.</summary>
    /// <param name="hidden">[B, T, D], the model's type or float32.</param>
    /// <param name="bias">Added to the scores, [1 or B, heads, T, T], float32.</param>
    /// <returns>[B, T, D]; float32 in a float16 model, as in the reference.</returns>
    public Tensor Apply(Tensor hidden, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var attended = Bounded(Attend(_norm1.Apply(hidden).to(_type), bias).add(hidden));
        return _tap.Out(_feedForward.Apply(_norm2.Apply(attended).to(_type)).add(attended)).MoveToOuterDisposeScope();
    }

    private Tensor Attend(Tensor normed, Tensor bias)
    {
        var query = Attention.Split(_query.Apply(normed), config.Heads);
        var key = Attention.Split(_key.Apply(normed), config.Heads);
        var value = Attention.Split(_value.Apply(normed), config.Heads);
        var scores = query.matmul(key.transpose(2, 3)).to(ScalarType.Float32).add_(bias);
        return _output.Apply(Attention.Joined(scores.softmax(-1).to(value.dtype).matmul(value)));
    }

    // Only the sum before the first feed-forward network is float16 in a float16 model; all later ones are float32.
    private static Tensor Bounded(Tensor hidden) => hidden.dtype == ScalarType.Float16 ? hidden.clamp_(-LargestHalf, LargestHalf) : hidden;
}
