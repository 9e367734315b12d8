using SimServe.GpuBackend.Models.Shapes;
using SimServe.GpuBackend.Models.UNets;
using SimServe.Policies;
using SimServe.Policies.AddOns;

namespace SimServe.GpuBackend.Models.ControlNets;

/// <summary>What policies and cost models know of a <see cref="ControlNetModel"/>, from its configuration alone.</summary>
public static class ControlNetShape
{
    private const int Kernel = 3;

    /// <summary>The model's shape.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="options">Size of the images, and what else it depends on.</param>
    /// <remarks>
    /// The embedding of the control picture is the same at every step, so it is a stage of its own and not part of a forward pass; its weights are that
    /// stage's.
    /// </remarks>
    /// <exception cref="ArgumentException">The image is no whole number of latents wide and high.</exception>
    public static ModelShape ToShape(this ControlNetConfig config, ShapeOptions options)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        var grid = options.Grid(patch: 1);
        var blocks = Blocks(config.Encoder, options, grid);
        var condition = UNetShape.Condition(config.Encoder);
        var embedding = Embedding(config, (long)options.Height * options.Width);
        var stage = new StageShape(StageKind.ControlEncoding, options.Name, embedding.ForRequest(0), embedding.Parameters);
        return (options with { Stages = [.. options.Stages, stage] })
            .ToShape(grid, blocks.Close(), condition, blocks.Parameters + condition.Parameters);
    }

    /// <summary>What a ControlNet of a U-Net asks for: a copy of its way down.</summary>
    /// <param name="config">The U-Net's way down.</param>
    /// <param name="options">Size of the images, and what else it depends on.</param>
    /// <param name="grid">The latents.</param>
    /// <param name="skips">Channels and positions of the U-Net's skip connections.</param>
    /// <param name="decoderFrom">The U-Net's block that its way up begins in.</param>
    /// <remarks>
    /// The last convolutions of the middle belong to the same block as the first of the way up: what can be computed before residuals are there is counted short by one ResNet block of the coarsest level.
    /// </remarks>
    internal static ControlNetSizes SizesOf(UNetEncoderConfig config, ShapeOptions options, TokenGrid grid, IReadOnlyList<(int Channels, int Positions)> skips, int decoderFrom) => new()
    {
        Blocks = Blocks(config with { Widths = LayerWidths.Full }, options, grid).Close(),
        DecoderFrom = decoderFrom,
        ResidualBytes = options.BytesPerElement * (skips.Sum(static skip => (long)skip.Channels * skip.Positions) + MiddleNumbers(config, grid)),
        LatentBytes = (long)options.BytesPerElement * config.InChannels * grid.Count,
    };

    private static long MiddleNumbers(UNetEncoderConfig config, TokenGrid grid) => (long)config.Levels[^1].Channels * UNetBlockList.Positions(grid, config.Levels.Count - 1);

    private static UNetBlockList Blocks(UNetEncoderConfig config, ShapeOptions options, TokenGrid grid)
    {
        var blocks = new UNetBlockList(config, grid, options.TextTokens);
        blocks.AddEncoder();
        foreach (var (channels, positions) in blocks.Skips)
        {
            blocks.Add(LayerCost.Convolution(channels, channels, kernel: 1).At(positions));
        }

        var (middle, level) = (config.Levels[^1].Channels, config.Levels.Count - 1);
        blocks.Add(LayerCost.Convolution(middle, middle, kernel: 1).At(UNetBlockList.Positions(grid, level)));
        return blocks;
    }

    private static LayerCost Embedding(ControlNetConfig config, long pixels)
    {
        var widths = config.EmbeddingChannels;
        var layers = LayerCost.Convolution(config.ConditioningChannels, widths[0], Kernel).At(pixels);
        for (var i = 1; i < widths.Count; i++)
        {
            layers += LayerCost.Convolution(widths[i - 1], widths[i - 1], Kernel).At(pixels);
            pixels /= 4;
            layers += LayerCost.Convolution(widths[i - 1], widths[i], Kernel).At(pixels);
        }

        return layers + LayerCost.Convolution(widths[^1], config.Encoder.Levels[0].Channels, Kernel).At(pixels);
    }
}
