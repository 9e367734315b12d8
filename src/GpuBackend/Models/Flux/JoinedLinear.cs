using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>A linear layer of two inputs side by side, computed without copying them together.</summary>
/// <param name="weights">Its place: <c>weight</c> [outputs, first + second] and <c>bias</c> [outputs].</param>
/// <param name="first">Channels of the first input.</param>
/// <param name="second">Channels of the second input.</param>
/// <param name="outputs">Channels out.</param>
internal sealed class JoinedLinear(WeightScope weights, int first, int second, int outputs)
{
    private readonly Weight _weight = weights.Take("weight", Initialization.FanIn, outputs, first + second);
    private readonly Weight _bias = weights.Take("bias", Initialization.Small, outputs);

    /// <summary>Applies it.</summary>
    /// <param name="left">[R, first].</param>
    /// <param name="right">[R, second].</param>
    /// <returns>[R, outputs].</returns>
    public Tensor Apply(Tensor left, Tensor right)
    {
        var weight = _weight.Value;
        return nn.functional.linear(right, weight.narrow(1, first, second), _bias.Value).addmm_(left, weight.narrow(1, 0, first).t());
    }
}
