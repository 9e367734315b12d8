using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.ControlNets;

/// <summary>Convolutions that bring the conditioning picture to the resolution and channels of the latents' first features.</summary>
/// <remarks>Source: Zhang et al., 2023, section 3.2, with the layers of diffusers' <c>ControlNetConditioningEmbedding</c>.</remarks>
internal sealed class ConditioningEmbedding
{
    private readonly Conv2d[] _activated;
    private readonly Conv2d _out;
    private readonly Tap _tap;
    private readonly Backbone _backbone;

    /// <summary>Creates it.</summary>
    public ConditioningEmbedding(BackboneScope weights, ControlNetConfig config)
    {
        var widths = config.EmbeddingChannels;
        List<Conv2d> layers = [new(weights.Sub("conv_in"), config.ConditioningChannels, widths[0], kernel: 3, padding: 1)];
        for (var i = 1; i < widths.Count; i++)
        {
            layers.Add(new Conv2d(weights.Sub("blocks", 2 * (i - 1)), widths[i - 1], widths[i - 1], kernel: 3, padding: 1));
            layers.Add(new Conv2d(weights.Sub("blocks", (2 * i) - 1), widths[i - 1], widths[i], kernel: 3, stride: 2, padding: 1));
        }

        _activated = [.. layers];
        _out = new Conv2d(weights.Sub("conv_out"), widths[^1], config.Encoder.Levels[0].Channels, kernel: 3, padding: 1);
        (_tap, _backbone) = (weights.Tap(), weights.Backbone);
    }

    /// <summary>Applies it.</summary>
    /// <param name="pixels">[B, conditioning channels, H, W].</param>
    /// <returns>[B, C, H / 8, W / 8] with the usual four widths.</returns>
    public Tensor Apply(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var hidden = _backbone.LaidOut(pixels);
        foreach (var layer in _activated)
        {
            hidden = layer.Apply(hidden).silu_();
        }

        return _tap.Out(_out.Apply(hidden)).MoveToOuterDisposeScope();
    }
}
