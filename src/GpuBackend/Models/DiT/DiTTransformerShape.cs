using SimServe.GpuBackend.Models.Shapes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Models.DiT;

/// <summary>What policies and cost models know of a <see cref="DiTTransformer2DModel"/>, from its configuration alone.</summary>
public static class DiTTransformerShape
{
    private const int SinusoidalWidth = 256;

    /// <summary>The model's shape.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="options">Size of the images, and what else it depends on; it has no text tokens.</param>
    /// <exception cref="ArgumentException">The image is no whole number of tokens wide and high, or there are text tokens.</exception>
    public static ModelShape ToShape(this DiTTransformerConfig config, ShapeOptions options)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        if (options.TextTokens != 0)
        {
            throw new ArgumentException($"{options.Name} is conditioned by a class: it has 0 text tokens, not {options.TextTokens}.", nameof(options));
        }

        var grid = options.Grid(config.PatchSize);
        return options.ToShape(grid, [.. Enumerable.Repeat(Block(config, grid.Count), config.Layers)], Outside(config, grid.Count));
    }

    private static BlockLayers Block(DiTTransformerConfig config, int image)
    {
        long width = config.Width;
        var projection = LayerCost.Linear(width, width, config.AttentionBias);
        var feedForward = LayerCost.Linear(width, FeedForward.Expansion * width) + LayerCost.Linear(FeedForward.Expansion * width, width);
        return new BlockLayers
        {
            Kind = BlockKind.DiT,
            Width = config.Width,
            ImageTokens = image,
            PerRequest = Embedder(config) + LayerCost.Linear(width, 6 * width),
            PerRow = projection.Copies(3) + LayerCost.Attention(image, width) + LayerCost.Linear(width, width) + feedForward,
            PerReusedRow = projection.Copies(2),
        };
    }

    private static LayerCost Embedder(DiTTransformerConfig config) =>
        LayerCost.Linear(SinusoidalWidth, config.Width) + LayerCost.Linear(config.Width, config.Width) + LayerCost.Weights((config.Classes + 1L) * config.Width);

    // The head runs the first block's embedder again.
    private static LayerCost Outside(DiTTransformerConfig config, long image)
    {
        var output = LayerCost.Linear(config.Width, (long)config.PatchSize * config.PatchSize * config.OutChannels);
        return (LayerCost.Convolution(config.InChannels, config.Width, config.PatchSize) + output).At(image)
            + Embedder(config).WithoutWeights() + LayerCost.Linear(config.Width, 2L * config.Width);
    }
}
