using SimServe.GpuBackend.Models.Shapes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>The transformer blocks of one spatial transformer, as layers to be counted.</summary>
internal static class UNetTransformerLayers
{
    private const int FeedForwardRatio = 4;

    /// <summary>All blocks; the projections before and after belong to the first and the last.</summary>
    /// <param name="config">The model's sizes.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="positions">Image tokens.</param>
    /// <param name="textTokens">Text tokens.</param>
    /// <param name="count">Blocks, at least 1.</param>
    public static IEnumerable<BlockLayers> Of(UNetEncoderConfig config, int channels, int positions, int textTokens, int count)
    {
        var projection = config.LinearProjection ? LayerCost.Linear(channels, channels) : LayerCost.Convolution(channels, channels, kernel: 1);
        var block = Block(config, channels, positions, textTokens);
        for (var i = 0; i < count; i++)
        {
            // Counted for masked tokens only. The first one runs on the others too, whose keys and values in the first block are made of what it gives: some 2 % of a masked step of
            // Stable Diffusion 1.5 that published profiles were fitted without.
            var first = i == 0 ? projection : default;
            var last = i == count - 1 ? projection : default;
            yield return block with { PerRow = block.PerRow + first + last };
        }
    }

    private static BlockLayers Block(UNetEncoderConfig config, int channels, int positions, int textTokens)
    {
        long width = channels;
        var (projection, output) = (LayerCost.Linear(width, width, bias: false), LayerCost.Linear(width, width));
        var toItself = projection.Copies(3) + output + LayerCost.Attention(positions, width);
        var toText = projection + output + LayerCost.Attention(textTokens, width);
        var feedForward = LayerCost.Linear(width, 2 * FeedForwardRatio * width) + LayerCost.Linear(FeedForwardRatio * width, width);
        return new BlockLayers
        {
            Kind = BlockKind.CrossAttention,
            Width = channels,
            ImageTokens = positions,
            PerRequest = LayerCost.Linear(config.TextWidth, width, bias: false).Copies(2).At(textTokens),
            PerRow = toItself + toText + feedForward + LayerCost.Weights(6 * width),
            PerReusedRow = projection.Copies(2),
        };
    }
}
