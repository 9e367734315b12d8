using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Layers;

/// <summary>Two linear layers with SiLU between: what makes a condition of a sinusoidal or pooled text embedding.</summary>
/// <param name="weights">Its place: <c>linear_1</c>, <c>linear_2</c>.</param>
/// <param name="inputs">Channels in.</param>
/// <param name="width">Channels between and out.</param>
internal sealed class TimestepEmbedding(WeightScope weights, long inputs, long width)
{
    private readonly Linear _first = new(weights.Sub("linear_1"), inputs, width);
    private readonly Linear _second = new(weights.Sub("linear_2"), width, width);
    private readonly Tap _tap = weights.Tap();

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, inputs].</param>
    /// <returns>[B, width].</returns>
    public Tensor Apply(Tensor input) => _tap.Out(_second.Apply(nn.functional.silu(_first.Apply(input))));
}
