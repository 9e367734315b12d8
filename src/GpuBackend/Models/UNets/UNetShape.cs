using SimServe.GpuBackend.Models.ControlNets;
using SimServe.GpuBackend.Models.Shapes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>What policies and cost models know of a <see cref="UNet2DConditionModel"/>, from its configuration alone.</summary>
public static class UNetShape
{
    /// <summary>The model's shape.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="options">Size of the images, and what else it depends on.</param>
    /// <remarks>
    /// Masks are made of latent pixels. All of a transformer block is token-wise but its keys and values; the convolutions between transformer blocks are
    /// computed in full.
    /// </remarks>
    /// <exception cref="ArgumentException">The image is no whole number of latents wide and high.</exception>
    public static ModelShape ToShape(this UNetConfig config, ShapeOptions options)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        var grid = options.Grid(patch: 1);
        var blocks = new UNetBlockList(config.Encoder, grid, options.TextTokens);
        blocks.AddEncoder();
        var decoderFrom = blocks.Ended;
        var skips = blocks.Skips.ToArray();
        blocks.AddDecoder(config.UpLevels);
        blocks.AddHead(config.OutChannels, config.OutKernel);
        var condition = Condition(config.Encoder);
        return options.ToShape(grid, blocks.Close(), condition, blocks.Parameters + condition.Parameters) with
        {
            ControlNet = ControlNetShape.SizesOf(config.Encoder, options, grid, skips, decoderFrom),
        };
    }

    /// <summary>The embedding of the time step and of added conditions.</summary>
    internal static LayerCost Condition(UNetEncoderConfig config)
    {
        var square = LayerCost.Linear(config.TimeWidth, config.TimeWidth);
        var time = LayerCost.Linear(config.Levels[0].Channels, config.TimeWidth) + square;
        return config.Added is { } added ? time + LayerCost.Linear(added.Inputs, config.TimeWidth) + square : time;
    }
}
