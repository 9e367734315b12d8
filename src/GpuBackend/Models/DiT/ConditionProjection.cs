using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.DiT;

/// <summary>SiLU and a linear layer that turn a condition into shifts, scales and gates.</summary>
/// <param name="weights">Its place: the linear layer's.</param>
/// <param name="width">Channels of the condition and of each part.</param>
/// <param name="parts">How many shifts, scales and gates.</param>
internal sealed class ConditionProjection(WeightScope weights, long width, int parts)
{
    private readonly Linear _linear = new(weights, width, parts * width);

    /// <summary>Applies it.</summary>
    /// <param name="condition">[B, width].</param>
    /// <returns>The parts, each [B, width].</returns>
    public Tensor[] Apply(Tensor condition) => _linear.Apply(nn.functional.silu(condition)).chunk(parts, 1);
}
