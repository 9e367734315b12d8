using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>A U-Net's last norm and convolution.</summary>
/// <param name="root">The model's root: <c>conv_norm_out</c>, <c>conv_out</c>.</param>
/// <param name="config">The model's sizes.</param>
/// <param name="channels">Channels in.</param>
internal sealed class OutputHead(BackboneScope root, UNetConfig config, int channels)
{
    private readonly Tap _tap = root.Sub("conv_norm_out").Tap();

    /// <summary>The norm.</summary>
    public GroupNorm Norm { get; } = new(root.Sub("conv_norm_out"), config.Encoder.NormGroups, channels, config.Encoder.NormEpsilon);

    /// <summary>The convolution.</summary>
    public Conv2d Conv { get; } = new(root.Sub("conv_out"), channels, config.OutChannels, config.OutKernel, padding: (config.OutKernel - 1) / 2);

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, channels, h, w].</param>
    /// <returns>[B, out channels, h, w].</returns>
    public Tensor Apply(Tensor input) => Conv.Apply(_tap.Out(Norm.Apply(input)).silu_());
}
