using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Autoencoders;

/// <summary>One level of the encoder: residual blocks, then half the pixels a side.</summary>
internal sealed class DownBlock
{
    private static readonly long[] RightAndBottom = [0, 1, 0, 1];

    private readonly ResidualBlock[] _blocks;
    private readonly Conv2d? _halve;
    private readonly Tap _tap;

    /// <summary>Takes its weights.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="config">Sizes common to all levels.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="halve">Whether the size is halved; not in the coarsest level.</param>
    public DownBlock(WeightScope weights, AutoencoderConfig config, int inputs, int outputs, bool halve)
    {
        _blocks =
        [
            .. Enumerable.Range(0, config.BlocksPerLevel)
                .Select(i => new ResidualBlock(weights.Sub("resnets", i), config.NormGroups, i == 0 ? inputs : outputs, outputs)),
        ];
        _halve = halve ? new Conv2d(weights.Sub("downsamplers.0.conv"), outputs, outputs, 3, stride: 2) : null;
        _tap = weights.Tap();
    }

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, inputs, H, W].</param>
    /// <returns>[B, outputs, H / 2, W / 2], or H and W in the coarsest level.</returns>
    public Tensor Apply(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = _blocks[0].Apply(input);
        foreach (var block in _blocks.AsSpan(1))
        {
            using var before = hidden;
            hidden = block.Apply(before);
        }

        // Zeros on one side only: the weights were trained with a grid that starts at the first pixel.
        hidden = _halve?.Apply(nn.functional.pad(hidden, RightAndBottom)) ?? hidden;
        return _tap.Out(hidden).MoveToOuterDisposeScope();
    }
}
