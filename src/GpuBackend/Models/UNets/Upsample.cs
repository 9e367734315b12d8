using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Raises the resolution by repeating pixels, then a convolution.</summary>
/// <param name="weights">Its place: <c>conv</c>.</param>
/// <param name="channels">Channels in and out.</param>
internal sealed class Upsample(BackboneScope weights, int channels)
{
    /// <summary>The convolution.</summary>
    public Conv2d Conv { get; } = new(weights.Sub("conv"), channels, channels, kernel: 3, padding: 1);

    private readonly Tap _tap = weights.Tap();

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, channels, h, w].</param>
    /// <param name="like">[B, ..., H, W], the features to be joined next: twice as large, or one less where the way down rounded up.</param>
    /// <returns>[B, channels, H, W].</returns>
    public Tensor Apply(Tensor input, Tensor like)
    {
        using var scope = NewDisposeScope();
        _tap.In("hidden_states", input);
        var larger = nn.functional.interpolate(input, size: [like.shape[2], like.shape[3]]);
        return _tap.Out(Conv.Apply(larger)).MoveToOuterDisposeScope();
    }
}
