using SimServe.GpuBackend.Models.Shapes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>The transformer blocks of one spatial transformer, as layers to be counted.</summary>
internal static class UNetTransformerLayers
{
    /// <summary>All blocks; the projections before and after belong to the first and the last.</summary>
    /// <param name="config">The model's sizes.</param>
    /// <param name="path">The transformer's module path.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="positions">Image tokens.</param>
    /// <param name="textTokens">Text tokens.</param>
    /// <param name="count">Blocks, at least 1.</param>
    public static IEnumerable<BlockLayers> Of(UNetEncoderConfig config, string path, int channels, int positions, int textTokens, int count)
    {
        var projection = config.LinearProjection ? LayerCost.Linear(channels, channels) : LayerCost.Convolution(channels, channels, kernel: 1);
        for (var i = 0; i < count; i++)
        {
            // Counted for masked tokens only. The first one runs on the others too, whose keys and values in the first block are made of what it gives: some 2 % of a masked step of
            // Stable Diffusion 1.5 that published profiles were fitted without.
            var first = i == 0 ? projection : default;
            var last = i == count - 1 ? projection : default;
            var block = Block(config, config.HiddenOf($"{path}.transformer_blocks.{i}", channels), channels, positions, textTokens);
            yield return block with { PerRow = block.PerRow + first + last };
        }
    }

    private static BlockLayers Block(UNetEncoderConfig config, long hidden, int channels, int positions, int textTokens)
    {
        long width = channels;
        var (projection, output) = (LayerCost.Linear(width, width, bias: false), LayerCost.Linear(width, width));
        var toItself = projection.Copies(3) + output + LayerCost.Attention(positions, width);
        var toText = projection + output + LayerCost.Attention(textTokens, width);
        var feedForward = LayerCost.Linear(width, 2 * hidden) + LayerCost.Linear(hidden, width);
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
