using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.TextEncoders;

/// <summary>T5's bias of attention scores by the distance between two tokens.</summary>
/// <remarks>Source: Raffel et al., 2020, section 2.1: small distances have a class each, larger ones share classes of geometrically growing width.</remarks>
internal sealed class T5RelativeBias(WeightScope weights, T5EncoderConfig config)
{
    private readonly Weight _weight = weights.Take("weight", Initialization.Small, config.Buckets, config.Heads);

    /// <summary>The bias of every pair of tokens.</summary>
    /// <param name="length">Tokens, T.</param>
    /// <returns>[1, heads, T, T], float32.</returns>
    public Tensor Of(long length)
    {
        using var scope = NewDisposeScope();
        var place = arange(length, dtype: ScalarType.Int64, device: _weight.Value.device);
        // Key minus query: what lies behind has classes of its own.
        var distance = place.unsqueeze(0).sub(place.unsqueeze(1));
        var bias = _weight.Value.to(ScalarType.Float32).index_select(0, Buckets(distance).flatten());
        return bias.view(length, length, -1).permute(2, 0, 1).unsqueeze(0).contiguous().MoveToOuterDisposeScope();
    }

    private Tensor Buckets(Tensor distance)
    {
        var half = config.Buckets / 2;
        var exact = half / 2;
        var size = distance.abs();
        var scale = (half - exact) / Math.Log((double)config.MaxDistance / exact);
        var large = size.to(ScalarType.Float32).div(exact).log().mul(scale).clamp_max(half).to(ScalarType.Int64).add(exact).clamp_max(half - 1);
        return where(size.lt(exact), size, large).add(distance.gt(0).to(ScalarType.Int64).mul(half));
    }
}
