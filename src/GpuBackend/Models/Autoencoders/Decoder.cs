using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Autoencoders;

/// <summary>Latents to images.</summary>
internal sealed class Decoder
{
    private readonly Conv2d _input;
    private readonly MiddleBlock _middle;
    private readonly UpBlock[] _levels;
    private readonly GroupNorm _norm;
    private readonly Conv2d _output;
    private readonly Tap _inputTap;

    /// <summary>Takes its weights.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="config">Its sizes.</param>
    public Decoder(WeightScope weights, AutoencoderConfig config)
    {
        int[] channels = [.. config.LevelChannels.Reverse()];
        _input = new Conv2d(weights.Sub("conv_in"), config.LatentChannels, channels[0], 3, padding: 1);
        _inputTap = weights.Sub("conv_in").Tap();
        _middle = new MiddleBlock(weights.Sub("mid_block"), config);
        _levels =
        [
            .. channels.Select((outputs, level) => new UpBlock(
                weights.Sub("up_blocks", level), config, channels[Math.Max(0, level - 1)], outputs, enlarge: level + 1 < channels.Length)),
        ];
        _norm = new GroupNorm(weights.Sub("conv_norm_out"), config.NormGroups, channels[^1], ResidualBlock.Epsilon);
        _output = new Conv2d(weights.Sub("conv_out"), channels[^1], config.OutputChannels, 3, padding: 1);
    }

    /// <summary>Applies it.</summary>
    /// <param name="latents">[B, latent channels, H, W].</param>
    /// <returns>[B, output channels, H * Downscale, W * Downscale].</returns>
    public Tensor Apply(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var hidden = _middle.Apply(_inputTap.Out(_input.Apply(latents)));
        foreach (var level in _levels)
        {
            // The last levels are of the image's size and many channels: each is let go as soon as the next is there.
            using var coarser = hidden;
            hidden = level.Apply(coarser);
        }

        return _output.Apply(_norm.Apply(hidden).silu_()).MoveToOuterDisposeScope();
    }
}
