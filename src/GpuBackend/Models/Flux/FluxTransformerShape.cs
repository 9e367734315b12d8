using SimServe.GpuBackend.Models.Shapes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>What policies and cost models know of a <see cref="FluxTransformer2DModel"/>, from its configuration alone.</summary>
public static class FluxTransformerShape
{
    // The pipeline packs 2x2 positions of the latents into one token.
    private const int Packing = 2;
    private const int SinusoidalWidth = 256;

    /// <summary>The model's shape.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="options">Size of the images, and what else it depends on.</param>
    /// <exception cref="ArgumentException">The image is no whole number of tokens wide and high.</exception>
    public static ModelShape ToShape(this FluxTransformerConfig config, ShapeOptions options)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        var grid = options.Grid(Packing);
        var (image, text) = (grid.Count, options.TextTokens);
        BlockLayers[] blocks =
        [
            .. Enumerable.Range(0, config.DoubleBlocks).Select(block => Double(config, block, image, text)),
            .. Enumerable.Range(0, config.SingleBlocks).Select(block => Single(config, block, image, text)),
        ];
        return options.ToShape(grid, blocks, Outside(config, image, text));
    }

    private static BlockLayers Double(FluxTransformerConfig config, int block, int image, int text)
    {
        LayerCost Stream(int hidden) => Row(config, image, text, hidden, LayerCost.Linear(config.Width, config.Width) + LayerCost.Linear(hidden, config.Width));
        return Block(config, BlockKind.DoubleStream, image, text, Stream(config.ImageFeedForward(block))) with
        {
            PerRequest = Stream(config.TextFeedForward(block)).At(text) + LayerCost.Linear(config.Width, 6L * config.Width).Copies(2),
        };
    }

    private static BlockLayers Single(FluxTransformerConfig config, int block, int image, int text)
    {
        var hidden = config.SingleFeedForward(block);
        var row = Row(config, image, text, hidden, LayerCost.Linear(config.Width + hidden, config.Width));
        return Block(config, BlockKind.SingleStream, image, text, row) with
        {
            PerRequest = row.At(text).WithoutWeights() + LayerCost.Linear(config.Width, 3L * config.Width),
        };
    }

    private static LayerCost Row(FluxTransformerConfig config, int image, int text, int hidden, LayerCost outputs) =>
        LayerCost.Linear(config.Width, config.Width).Copies(3) + LayerCost.Weights(2L * config.HeadWidth)
        + LayerCost.Attention(image + text, config.Width) + LayerCost.Linear(config.Width, hidden) + outputs;

    private static BlockLayers Block(FluxTransformerConfig config, BlockKind kind, int image, int text, LayerCost row) => new()
    {
        Kind = kind,
        Width = config.Width,
        ImageTokens = image,
        TextTokens = text,
        PerRequest = default,
        PerRow = row,
        PerReusedRow = LayerCost.Linear(config.Width, config.Width).Copies(2),
    };

    private static LayerCost Outside(FluxTransformerConfig config, long image, long text)
    {
        long width = config.Width;
        var square = LayerCost.Linear(width, width);
        var number = LayerCost.Linear(SinusoidalWidth, width) + square;
        var condition = number.Copies(config.GuidanceEmbeds ? 2 : 1) + LayerCost.Linear(config.PooledWidth, width) + square;
        var tokens = (LayerCost.Linear(config.InChannels, width) + LayerCost.Linear(width, config.OutChannels)).At(image);
        return tokens + LayerCost.Linear(config.TextWidth, width).At(text) + condition + LayerCost.Linear(width, 2 * width);
    }
}
