using SimServe.GpuBackend.Models.Shapes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Models.TextEncoders;

/// <summary>What policies and cost models know of text encoders, from their configurations alone.</summary>
public static class TextEncoderShape
{
    /// <summary>One prompt through a CLIP text encoder.</summary>
    /// <param name="config">The model's sizes.</param>
    /// <param name="name">The model's name, for reports.</param>
    /// <param name="tokens">Tokens of the prompt, padding included.</param>
    public static StageShape ToStage(this ClipTextConfig config, string name, int tokens)
    {
        ArgumentNullException.ThrowIfNull(config);
        long width = config.Width;
        var layer = LayerCost.Linear(width, width).Copies(4) + LayerCost.Attention(tokens, width) + LayerCost.Weights(4 * width)
            + LayerCost.Linear(width, config.FeedForwardWidth) + LayerCost.Linear(config.FeedForwardWidth, width);
        var projection = config.ProjectionWidth is { } outputs ? LayerCost.Linear(width, outputs, bias: false) : default;
        var tables = LayerCost.Weights((config.Vocabulary + config.Positions + 2) * width);
        return Stage(name, layer.Copies(config.Layers).At(tokens) + projection + tables, tokens);
    }

    /// <summary>One prompt through a T5 encoder.</summary>
    /// <param name="config">The model's sizes.</param>
    /// <param name="name">The model's name, for reports.</param>
    /// <param name="tokens">Tokens of the prompt, padding included.</param>
    public static StageShape ToStage(this T5EncoderConfig config, string name, int tokens)
    {
        ArgumentNullException.ThrowIfNull(config);
        var (width, inner) = ((long)config.Width, (long)config.Heads * config.HeadWidth);
        var layer = LayerCost.Linear(width, inner, bias: false).Copies(3) + LayerCost.Linear(inner, width, bias: false) + LayerCost.Attention(tokens, inner)
            + LayerCost.Linear(width, config.FeedForwardWidth, bias: false).Copies(config.Gated ? 2 : 1)
            + LayerCost.Linear(config.FeedForwardWidth, width, bias: false) + LayerCost.Weights(2 * width);
        var tables = LayerCost.Weights(((config.Vocabulary + 1) * width) + ((long)config.Buckets * config.Heads));
        return Stage(name, layer.Copies(config.Layers).At(tokens) + tables, tokens);
    }

    private static StageShape Stage(string name, LayerCost layers, int tokens) =>
        new(StageKind.TextEncoding, name, layers.ForRequest(tokens), layers.Parameters);
}
