using SimServe.GpuBackend.Models.Shapes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Models.Autoencoders;

/// <summary>What policies and cost models know of an <see cref="AutoencoderKL"/>, from its configuration alone.</summary>
public static class AutoencoderShape
{
    private const int Kernel = 3;

    /// <summary>One image to latents.</summary>
    /// <param name="config">The model's sizes.</param>
    /// <param name="name">The model's name, for reports.</param>
    /// <param name="height">Height of the image, pixels; a multiple of <see cref="AutoencoderConfig.Downscale"/>.</param>
    /// <param name="width">Width of the image, pixels; likewise.</param>
    public static StageShape EncodeStage(this AutoencoderConfig config, string name, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(config);
        var positions = (long)height * width;
        var channels = config.LevelChannels[0];
        var layers = LayerCost.Convolution(config.InputChannels, channels, Kernel).At(positions);
        for (var level = 0; level < config.LevelChannels.Count; level++)
        {
            layers += Level(channels, config.LevelChannels[level], config.BlocksPerLevel).At(positions);
            channels = config.LevelChannels[level];
            if (level < config.LevelChannels.Count - 1)
            {
                positions /= 4;
                layers += LayerCost.Convolution(channels, channels, Kernel).At(positions);
            }
        }

        var moments = 2L * config.LatentChannels;
        layers += Middle(config, positions) + LayerCost.Weights(2L * channels) + LayerCost.Convolution(channels, moments, Kernel).At(positions);
        layers += config.QuantConvolution ? LayerCost.Convolution(moments, moments, kernel: 1).At(positions) : default;
        return new StageShape(StageKind.ImageEncoding, name, layers.ForRequest(0), layers.Parameters);
    }

    /// <summary>Latents to one image.</summary>
    /// <param name="config">The model's sizes.</param>
    /// <param name="name">The model's name, for reports.</param>
    /// <param name="height">Height of the image, pixels; a multiple of <see cref="AutoencoderConfig.Downscale"/>.</param>
    /// <param name="width">Width of the image, pixels; likewise.</param>
    public static StageShape DecodeStage(this AutoencoderConfig config, string name, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(config);
        var positions = (long)(height / config.Downscale) * (width / config.Downscale);
        var channels = config.LevelChannels[^1];
        var layers = config.PostQuantConvolution ? LayerCost.Convolution(config.LatentChannels, config.LatentChannels, kernel: 1).At(positions) : default;
        layers += LayerCost.Convolution(config.LatentChannels, channels, Kernel).At(positions) + Middle(config, positions);
        for (var level = config.LevelChannels.Count - 1; level >= 0; level--)
        {
            layers += Level(channels, config.LevelChannels[level], config.BlocksPerLevel + 1).At(positions);
            channels = config.LevelChannels[level];
            if (level > 0)
            {
                positions *= 4;
                layers += LayerCost.Convolution(channels, channels, Kernel).At(positions);
            }
        }

        layers += LayerCost.Weights(2L * channels) + LayerCost.Convolution(channels, config.OutputChannels, Kernel).At(positions);
        return new StageShape(StageKind.ImageDecoding, name, layers.ForRequest(0), layers.Parameters);
    }

    private static LayerCost Level(long inputs, long outputs, int blocks) =>
        Residual(inputs, outputs) + Residual(outputs, outputs).Copies(blocks - 1);

    private static LayerCost Residual(long inputs, long outputs) =>
        LayerCost.Convolution(inputs, outputs, Kernel) + LayerCost.Convolution(outputs, outputs, Kernel) + LayerCost.Weights(2 * (inputs + outputs))
        + (inputs == outputs ? default : LayerCost.Convolution(inputs, outputs, kernel: 1));

    private static LayerCost Middle(AutoencoderConfig config, long positions)
    {
        long channels = config.LevelChannels[^1];
        var attention = LayerCost.Linear(channels, channels).Copies(4) + LayerCost.Attention(positions, channels) + LayerCost.Weights(2 * channels);
        return (Residual(channels, channels).Copies(2) + (config.MiddleAttention ? attention : default)).At(positions);
    }
}
