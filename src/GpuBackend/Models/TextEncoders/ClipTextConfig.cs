using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Models.TextEncoders;

/// <summary>Sizes of a CLIP text encoder.</summary>
/// <remarks>Keys and defaults are those of transformers' <c>CLIPTextConfig</c>. Source: Radford et al., 2021.</remarks>
public sealed record ClipTextConfig
{
    private const string WithProjection = "CLIPTextModelWithProjection";

    /// <summary>Tokens of the vocabulary.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Channels of a token, D.</summary>
    public required int Width { get; init; }

    /// <summary>Hidden channels of the feed-forward networks.</summary>
    public required int FeedForwardWidth { get; init; }

    /// <summary>Layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Attention heads; divides <see cref="Width"/>.</summary>
    public required int Heads { get; init; }

    /// <summary>The longest text, tokens.</summary>
    public required int Positions { get; init; }

    /// <summary>Whether GELU is approximated by a sigmoid (OpenAI's models) instead of exact (OpenCLIP's).</summary>
    public required bool QuickGelu { get; init; }

    /// <summary>Added to the variance in norms.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>The token at whose first place the pooled output is taken; 2 means the largest token, an old rule.</summary>
    public required int EndToken { get; init; }

    /// <summary>Channels of the projected embedding, or <c>null</c> for an encoder without projection.</summary>
    public int? ProjectionWidth { get; init; }

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="config">The file.</param>
    /// <exception cref="ModelFileException">Values are missing or impossible; the message lists all of them.</exception>
    public static ClipTextConfig Read(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Require(config.ClassName is "" or "CLIPTextModel" or WithProjection, "architectures", config.ClassName, $"CLIPTextModel or {WithProjection}");
        var read = new ClipTextConfig
        {
            Vocabulary = config.Whole("vocab_size", 49408),
            Width = config.Whole("hidden_size", 512),
            FeedForwardWidth = config.Whole("intermediate_size", 2048),
            Layers = config.Whole("num_hidden_layers", 12),
            Heads = config.Whole("num_attention_heads", 8),
            Positions = config.Whole("max_position_embeddings", 77),
            QuickGelu = config.Choice("hidden_act", "quick_gelu", "quick_gelu", "gelu") == "quick_gelu",
            NormEpsilon = config.Number("layer_norm_eps", 1e-5),
            EndToken = config.Whole("eos_token_id", 49407, least: 0),
            ProjectionWidth = config.ClassName == WithProjection ? config.Whole("projection_dim", 512) : null,
        };
        config.Require(read.Width % read.Heads == 0, "num_attention_heads", read.Heads, $"a divisor of hidden_size {read.Width}");
        config.Require(read.NormEpsilon > 0, "layer_norm_eps", read.NormEpsilon, "more than 0");
        config.ThrowIfFaulty();
        return read;
    }
}
