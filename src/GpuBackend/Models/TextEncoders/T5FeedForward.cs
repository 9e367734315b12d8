using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.TextEncoders;

/// <summary>T5's feed-forward network: ReLU between two layers, or gated by GELU.</summary>
/// <remarks>
/// Source: Raffel et al., 2020; gated: Shazeer, "GLU Variants Improve Transformer", 2020. A float16 model computes the last layer in float32 and
/// returns that, as the reference does: the sums of T5-XXL exceed float16.
/// </remarks>
internal sealed class T5FeedForward(WeightScope weights, T5EncoderConfig config)
{
    private readonly Linear? _gate = config.Gated ? new(weights.Sub("wi_0"), config.Width, config.FeedForwardWidth, bias: false) : null;
    private readonly Linear _up = new(weights.Sub(config.Gated ? "wi_1" : "wi"), config.Width, config.FeedForwardWidth, bias: false);
    private readonly Weight _down = weights.Sub("wo").Take("weight", Initialization.FanIn, config.Width, config.FeedForwardWidth);

    /// <summary>Applies it.</summary>
    /// <param name="normed">[B, T, D].</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Apply(Tensor normed)
    {
        var up = _up.Apply(normed);
        var hidden = _gate is null
            ? up.relu_()
            : nn.functional.gelu(_gate.Apply(normed), TorchSharp.Modules.GELU.Approximate.tanh, inplace: true).mul_(up);
        return hidden.dtype == ScalarType.Float16
            ? nn.functional.linear(hidden.to(ScalarType.Float32), _down.Value.to(ScalarType.Float32))
            : nn.functional.linear(hidden, _down.Value);
    }
}
