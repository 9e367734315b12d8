using SimServe.GpuBackend.Weights;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.DiT;

/// <summary>Two linear layers with the tanh form of GELU between, as a rule four times as wide inside.</summary>
/// <param name="weights">Its place: <c>net.0.proj</c>, <c>net.2</c>.</param>
/// <param name="width">Channels in and out.</param>
/// <param name="hidden">Channels inside.</param>
internal sealed class FeedForward(WeightScope weights, long width, long hidden)
{
    /// <summary>Channels inside over channels outside.</summary>
    public const int Expansion = 4;

    private readonly Layers.Linear _up = new(weights.Sub("net", 0).Sub("proj"), width, hidden);
    private readonly Layers.Linear _down = new(weights.Sub("net", 2), hidden, width);

    /// <summary>Creates one that is four times as wide inside.</summary>
    public FeedForward(WeightScope weights, long width)
        : this(weights, width, Expansion * width)
    {
    }

    /// <summary>Applies it.</summary>
    /// <param name="rows">[..., width].</param>
    /// <returns>The same shape.</returns>
    public Tensor Apply(Tensor rows) => _down.Apply(nn.functional.gelu(_up.Apply(rows), GELU.Approximate.tanh, inplace: true));
}
