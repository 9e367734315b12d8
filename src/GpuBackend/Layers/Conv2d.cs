using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Layers;

/// <summary>A two-dimensional convolution with a square kernel.</summary>
internal sealed class Conv2d
{
    private readonly Weight _weight;
    private readonly Weight? _bias;
    private readonly long[] _stride;
    private readonly long[] _padding;
    private readonly DerivedWeight? _laidOut;
    private readonly PackedConvolution? _packed;

    /// <summary>Creates the layer of a U-Net or ControlNet.</summary>
    /// <param name="weights">Its place: <c>weight</c> [outputs, inputs, kernel, kernel] and <c>bias</c> [outputs].</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Side of the kernel in pixels.</param>
    /// <param name="stride">Pixels from one output to the next.</param>
    /// <param name="padding">Zeros added on each side.</param>
    public Conv2d(BackboneScope weights, long inputs, long outputs, int kernel, int stride = 1, int padding = 0)
        : this(weights.Weights, inputs, outputs, kernel, stride, padding) =>
        (_laidOut, _packed) = (weights.Backbone.LaidOut(_weight), weights.Backbone.Packed(_weight, stride, padding));

    /// <summary>Creates the layer.</summary>
    /// <param name="weights">Its place: <c>weight</c> [outputs, inputs, kernel, kernel] and <c>bias</c> [outputs].</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Side of the kernel in pixels.</param>
    /// <param name="stride">Pixels from one output to the next.</param>
    /// <param name="padding">Zeros added on each side.</param>
    /// <param name="bias">Whether it has a bias.</param>
    public Conv2d(WeightScope weights, long inputs, long outputs, int kernel, int stride = 1, int padding = 0, bool bias = true)
    {
        _weight = weights.Take("weight", Initialization.FanIn, outputs, inputs, kernel, kernel);
        _bias = bias ? weights.Take("bias", Initialization.Small, outputs) : null;
        (_stride, _padding) = ([stride, stride], [padding, padding]);
        (Kernel, Stride, Padding) = (kernel, stride, padding);
    }

    /// <summary>Side of the kernel in pixels.</summary>
    public int Kernel { get; }

    /// <summary>Pixels from one output to the next.</summary>
    public int Stride { get; }

    /// <summary>Zeros added on each side.</summary>
    public int Padding { get; }

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, inputs, H, W].</param>
    /// <returns>[B, outputs, H', W'].</returns>
    public Tensor Apply(Tensor input)
    {
        if (_packed?.For(input) is not { } packed)
        {
            return Convolved(input, _padding);
        }

        var output = OneDnn.Convolution(input, packed, _bias?.Value, Stride, Padding);
        OperationMeter.Convolution(_weight.Value, output);
        return output;
    }

    /// <summary>Applies it to pieces that bring their border with them: nothing is padded.</summary>
    /// <param name="tiles">[n, inputs, stride * (t - 1) + kernel, the same].</param>
    /// <returns>[n, outputs, t, t].</returns>
    /// <remarks>Never with packed weights: how many tiles there are changes with every mask, and weights are packed for one size of input.</remarks>
    public Tensor ApplyToTiles(Tensor tiles) => Convolved(tiles, [0, 0]);

    private Tensor Convolved(Tensor input, long[] padding)
    {
        var output = nn.functional.conv2d(input, _laidOut?.Value ?? _weight.Value, _bias?.Value, _stride, padding);
        OperationMeter.Convolution(_weight.Value, output);
        return output;
    }
}
