using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>Feed-forward network with the tanh form of GELU.</summary>
/// <param name="weights">Its place: <c>net.0.proj</c> and <c>net.2</c>.</param>
/// <param name="config">The model's sizes.</param>
internal sealed class FeedForward(WeightScope weights, FluxTransformerConfig config)
{
    private readonly Linear _up = new(weights.Sub("net.0.proj"), config.Width, config.FeedForwardWidth);
    private readonly Linear _down = new(weights.Sub("net.2"), config.FeedForwardWidth, config.Width);

    /// <summary>Applies it.</summary>
    /// <param name="rows">[R, H].</param>
    /// <returns>[R, H].</returns>
    public Tensor Apply(Tensor rows) => _down.Apply(Gelu(_up.Apply(rows)));

    /// <summary>GELU, tanh form, in place.</summary>
    public static Tensor Gelu(Tensor rows) => nn.functional.gelu(rows, TorchSharp.Modules.GELU.Approximate.tanh, inplace: true);
}
