using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Halves the resolution by a convolution of stride 2; odd sizes are rounded up.</summary>
/// <param name="weights">Its place: <c>conv</c>.</param>
/// <param name="channels">Channels in and out.</param>
internal sealed class Downsample(BackboneScope weights, int channels)
{
    /// <summary>The convolution.</summary>
    public Conv2d Conv { get; } = new(weights.Sub("conv"), channels, channels, kernel: 3, stride: 2, padding: 1);

    private readonly Tap _tap = weights.Tap();

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, channels, h, w].</param>
    /// <returns>[B, channels, (h + 1) / 2, (w + 1) / 2].</returns>
    public Tensor Apply(Tensor input)
    {
        _tap.In("hidden_states", input);
        return _tap.Out(Conv.Apply(input));
    }
}
