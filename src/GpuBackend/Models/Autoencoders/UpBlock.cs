using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Autoencoders;

/// <summary>One level of the decoder: residual blocks, then twice the pixels a side.</summary>
internal sealed class UpBlock
{
    private static readonly double[] Twice = [2, 2];

    private readonly ResidualBlock[] _blocks;
    private readonly Conv2d? _enlarge;
    private readonly Tap _tap;

    /// <summary>Takes its weights.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="config">Sizes common to all levels.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="enlarge">Whether the size is doubled; not in the finest level.</param>
    public UpBlock(WeightScope weights, AutoencoderConfig config, int inputs, int outputs, bool enlarge)
    {
        _blocks =
        [
            .. Enumerable.Range(0, config.BlocksPerLevel + 1)
                .Select(i => new ResidualBlock(weights.Sub("resnets", i), config.NormGroups, i == 0 ? inputs : outputs, outputs)),
        ];
        _enlarge = enlarge ? new Conv2d(weights.Sub("upsamplers.0.conv"), outputs, outputs, 3, padding: 1) : null;
        _tap = weights.Tap();
    }

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, inputs, H, W].</param>
    /// <returns>[B, outputs, 2 * H, 2 * W], or H and W in the finest level.</returns>
    public Tensor Apply(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = _blocks[0].Apply(input);
        foreach (var block in _blocks.AsSpan(1))
        {
            using var before = hidden;
            hidden = block.Apply(before);
        }

        hidden = _enlarge?.Apply(nn.functional.interpolate(hidden, scale_factor: Twice, mode: InterpolationMode.Nearest)) ?? hidden;
        return _tap.Out(hidden).MoveToOuterDisposeScope();
    }
}
