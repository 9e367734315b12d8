using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Layers;

/// <summary>Root-mean-square norm over the last axis with a scale for each channel.</summary>
/// <param name="weights">Its place: <c>weight</c>, [width].</param>
/// <param name="width">Channels.</param>
/// <param name="epsilon">Added to the mean square.</param>
/// <remarks>The mean is taken in float32, as the reference does: squares of float16 values overflow. Source: Zhang and Sennrich, 2019.</remarks>
internal sealed class RmsNorm(WeightScope weights, long width, double epsilon)
{
    private static readonly long[] LastAxis = [-1];

    private readonly Weight _weight = weights.Take("weight", Initialization.One, width);

    /// <summary>Applies it.</summary>
    /// <param name="input">[..., width].</param>
    /// <returns>The same shape and type.</returns>
    public Tensor Apply(Tensor input)
    {
        var exact = input.to(ScalarType.Float32);
        return exact.square().mean(LastAxis, keepdim: true).add_(epsilon).rsqrt_().mul(exact).to(input.dtype).mul(_weight.Value);
    }
}
