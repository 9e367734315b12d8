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

    /// <summary>What the norm of a map does to each channel: norm(x) = scale * x + shift.</summary>
    /// <param name="map">[B, H, W, channels]; its statistics are taken over all pixels.</param>
    /// <returns>Scale and shift, each [B, channels].</returns>
    public (Tensor Scale, Tensor Shift) Affine(Tensor map)
    {
        // Of each channel first, along contiguous memory; a group's variance is the mean of its channels' and the variance of their means.
        var exact = map.flatten(1, 2).to(ScalarType.Float32);
        var means = exact.mean([1]);
        var variances = exact.sub(means.unsqueeze(1)).square().mean([1]);
        var (grouped, spread) = (means.unflatten(1, [groups, -1]), variances.unflatten(1, [groups, -1]));
        var mean = grouped.mean([2], keepdim: true);
        var variance = spread.add(grouped.sub(mean).square()).mean([2], keepdim: true);
        var factor = variance.add_(epsilon).rsqrt_().expand_as(grouped).flatten(1).mul(_weight.Value.to(ScalarType.Float32));
        var shift = mean.expand_as(grouped).flatten(1).mul(factor).neg_().add_(_bias.Value.to(ScalarType.Float32));
        return (factor.to(map.dtype), shift.to(map.dtype));
    }
}
