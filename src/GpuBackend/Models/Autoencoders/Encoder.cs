using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Autoencoders;

/// <summary>Images to moments of latents.</summary>
internal sealed class Encoder
{
    private readonly Conv2d _input;
    private readonly DownBlock[] _levels;
    private readonly MiddleBlock _middle;
    private readonly GroupNorm _norm;
    private readonly Conv2d _output;
    private readonly Tap _inputTap;

    /// <summary>Takes its weights.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="config">Its sizes.</param>
    public Encoder(WeightScope weights, AutoencoderConfig config)
    {
        var channels = config.LevelChannels;
        _input = new Conv2d(weights.Sub("conv_in"), config.InputChannels, channels[0], 3, padding: 1);
        _inputTap = weights.Sub("conv_in").Tap();
        _levels =
        [
            .. channels.Select((outputs, level) => new DownBlock(
                weights.Sub("down_blocks", level), config, channels[Math.Max(0, level - 1)], outputs, halve: level + 1 < channels.Count)),
        ];
        _middle = new MiddleBlock(weights.Sub("mid_block"), config);
        _norm = new GroupNorm(weights.Sub("conv_norm_out"), config.NormGroups, channels[^1], ResidualBlock.Epsilon);
        _output = new Conv2d(weights.Sub("conv_out"), channels[^1], 2 * config.LatentChannels, 3, padding: 1);
    }

    /// <summary>Applies it.</summary>
    /// <param name="pixels">[B, input channels, H, W].</param>
    /// <returns>[B, 2 * latent channels, H / Downscale, W / Downscale].</returns>
    public Tensor Apply(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var hidden = _inputTap.Out(_input.Apply(pixels));
        foreach (var level in _levels)
        {
            // The first levels are of the image's size: each is let go as soon as the next is there.
            using var finer = hidden;
            hidden = level.Apply(finer);
        }

        return _output.Apply(_norm.Apply(_middle.Apply(hidden)).silu_()).MoveToOuterDisposeScope();
    }
}
