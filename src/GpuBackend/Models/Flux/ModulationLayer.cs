using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>The layer that makes shifts, scales and gates of a condition.</summary>
/// <param name="weights">Its place: <c>weight</c> [chunks * H, H] and <c>bias</c> [chunks * H].</param>
/// <param name="width">Channels of the condition and of each chunk, H.</param>
/// <param name="chunks">Chunks.</param>
internal sealed class ModulationLayer(WeightScope weights, int width, int chunks)
{
    private readonly Weight _weight = weights.Take("weight", Initialization.Modulation, chunks * width, width);
    private readonly Weight _bias = weights.Take("bias", Initialization.ModulationBias, chunks * width);

    /// <summary>Applies it.</summary>
    /// <param name="condition">[members, H].</param>
    /// <returns>[members, chunks * H].</returns>
    public Tensor Apply(Tensor condition) => nn.functional.linear(condition, _weight.Value, _bias.Value);
}
