using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Layers;

/// <summary>Group norm with a scale and shift for each channel.</summary>
/// <param name="weights">Its place: <c>weight</c> and <c>bias</c>, [channels].</param>
/// <param name="groups">Groups; divides <paramref name="channels"/>.</param>
/// <param name="channels">Channels.</param>
/// <param name="epsilon">Added to the variance.</param>
internal sealed class GroupNorm(WeightScope weights, int groups, long channels, double epsilon)
{
    private readonly Weight _weight = weights.Take("weight", Initialization.One, channels);
    private readonly Weight _bias = weights.Take("bias", Initialization.Zero, channels);

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, channels, ...].</param>
    /// <returns>The same shape.</returns>
    public Tensor Apply(Tensor input) => nn.functional.group_norm(input, groups, _weight.Value, _bias.Value, epsilon);
}
