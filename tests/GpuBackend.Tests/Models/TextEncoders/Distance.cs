using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Models.TextEncoders;

/// <summary>The largest difference of two tensors; infinite where there is a NaN, which NUnit would count as less than any bound.</summary>
internal static class Distance
{
    public static double Between(Tensor first, Tensor second)
    {
        var largest = first.to(ScalarType.Float32).sub(second.to(ScalarType.Float32)).abs().max().ToDouble();
        return double.IsNaN(largest) ? double.PositiveInfinity : largest;
    }
}
