using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Layers;

/// <summary>Layer norm over the last axis, with or without its own scale and shift.</summary>
internal sealed class LayerNorm
{
    private readonly long[] _shape;
    private readonly double _epsilon;
    private readonly Weight? _weight;
    private readonly Weight? _bias;

    /// <summary>A norm with a scale and shift for each channel.</summary>
    /// <param name="weights">Its place: <c>weight</c> and <c>bias</c>, [width].</param>
    /// <param name="width">Channels.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public LayerNorm(WeightScope weights, long width, double epsilon)
        : this(width, epsilon)
    {
        _weight = weights.Take("weight", Initialization.One, width);
        _bias = weights.Take("bias", Initialization.Zero, width);
    }

    /// <summary>A norm without weights.</summary>
    /// <param name="width">Channels.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public LayerNorm(long width, double epsilon) => (_shape, _epsilon) = ([width], epsilon);

    /// <summary>Applies it.</summary>
    /// <param name="input">[..., width].</param>
    /// <returns>The same shape.</returns>
    public Tensor Apply(Tensor input) => nn.functional.layer_norm(input, _shape, _weight?.Value, _bias?.Value, _epsilon);
}
