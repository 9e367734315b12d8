using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Layers;

/// <summary>A linear layer.</summary>
/// <param name="weights">Its place: <c>weight</c> [outputs, inputs] and, with a bias, <c>bias</c> [outputs].</param>
/// <param name="inputs">Channels in.</param>
/// <param name="outputs">Channels out.</param>
/// <param name="bias">Whether it has a bias.</param>
internal sealed class Linear(WeightScope weights, long inputs, long outputs, bool bias = true)
{
    /// <summary>Its matrix, [outputs, inputs].</summary>
    public Weight Weight { get; } = weights.Take("weight", Initialization.FanIn, outputs, inputs);

    private readonly Weight? _bias = bias ? weights.Take("bias", Initialization.Small, outputs) : null;

    /// <summary>Applies it to the last axis.</summary>
    /// <param name="input">[..., inputs].</param>
    /// <returns>[..., outputs].</returns>
    public Tensor Apply(Tensor input)
    {
        OperationMeter.Linear(input, outputs);
        return nn.functional.linear(input, Weight.Value, _bias?.Value);
    }
}
