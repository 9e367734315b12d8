using SimServe.GpuBackend.Models.DiT;
using SimServe.GpuBackend.Models.Shapes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Models.StableDiffusion3;

/// <summary>What policies and cost models know of a <see cref="SD3Transformer2DModel"/>, from its configuration alone.</summary>
public static class SD3TransformerShape
{
    /// <summary>The model's shape.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="options">Size of the images, and what else it depends on.</param>
    /// <remarks>The table of positions is no parameter: it was not trained.</remarks>
    /// <exception cref="ArgumentException">The image is no whole number of tokens wide and high.</exception>
    public static ModelShape ToShape(this SD3TransformerConfig config, ShapeOptions options)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        var grid = options.Grid(config.PatchSize);
        BlockLayers[] blocks = [.. Enumerable.Range(0, config.Layers).Select(layer => Block(config, layer, grid.Count, options.TextTokens))];
        return options.ToShape(grid, blocks, Outside(config, grid.Count, options.TextTokens));
    }

    private static BlockLayers Block(SD3TransformerConfig config, int layer, int image, int text)
    {
        long width = config.Width;
        var (isDual, keepsText) = (config.DualAttentionLayers.Contains(layer), layer < config.Layers - 1);
        var linear = LayerCost.Linear(width, width);
        var attention = LayerCost.Attention(image + text, width);
        var norms = LayerCost.Weights(config.NormalisesQueriesAndKeys ? 2L * config.HeadWidth : 0);
        var feedForward = LayerCost.Linear(width, FeedForward.Expansion * width) + LayerCost.Linear(FeedForward.Expansion * width, width);
        var textRow = linear.Copies(3) + attention + norms + (keepsText ? linear + feedForward : default);
        var imageRow = linear.Copies(4) + attention + norms + feedForward;
        return new BlockLayers
        {
            Kind = BlockKind.Joint,
            Width = config.Width,
            ImageTokens = image,
            TextTokens = text,
            PerRequest = textRow.At(text) + LayerCost.Linear(width, (isDual ? 9 : 6) * width) + LayerCost.Linear(width, (keepsText ? 6 : 2) * width),
            PerRow = isDual ? imageRow + linear.Copies(4) + LayerCost.Attention(image, width) + norms : imageRow,
            PerReusedRow = linear.Copies(isDual ? 4 : 2),
        };
    }

    private static LayerCost Outside(SD3TransformerConfig config, long image, long text)
    {
        const int SinusoidalWidth = 256;
        long width = config.Width;
        var square = LayerCost.Linear(width, width);
        var condition = LayerCost.Linear(SinusoidalWidth, width) + square + LayerCost.Linear(config.PooledWidth, width) + square;
        var head = LayerCost.Linear(width, 2 * width) + LayerCost.Linear(width, (long)config.PatchSize * config.PatchSize * config.OutChannels).At(image);
        return LayerCost.Convolution(config.InChannels, width, config.PatchSize).At(image) + LayerCost.Linear(config.TextWidth, width).At(text) + condition + head;
    }
}
