using SimServe.GpuBackend.Models.Shapes;
using SimServe.GpuBackend.Models.UNets;
using SimServe.Policies;

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
        var blocks = new UNetBlockList(config.Encoder, grid, options.TextTokens);
        blocks.AddEncoder();
        foreach (var (channels, positions) in blocks.Skips)
        {
            blocks.Add(LayerCost.Convolution(channels, channels, kernel: 1).At(positions));
        }

        var (middle, level) = (config.Encoder.Levels[^1].Channels, config.Encoder.Levels.Count - 1);
        blocks.Add(LayerCost.Convolution(middle, middle, kernel: 1).At(UNetBlockList.Positions(grid, level)));
        var condition = UNetShape.Condition(config.Encoder);
        var embedding = Embedding(config, (long)options.Height * options.Width);
        var stage = new StageShape(StageKind.ControlEncoding, options.Name, embedding.ForRequest(0), embedding.Parameters);
        return (options with { Stages = [.. options.Stages, stage] })
            .ToShape(grid, blocks.Close(), condition, blocks.Parameters + condition.Parameters);
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
