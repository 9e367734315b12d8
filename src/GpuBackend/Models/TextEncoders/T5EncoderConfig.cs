using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Models.TextEncoders;

/// <summary>Sizes of a T5 encoder.</summary>
/// <remarks>Keys and defaults are those of transformers' <c>T5Config</c>. Source: Raffel et al., 2020; Shazeer, 2020 (gated feed-forward).</remarks>
public sealed record T5EncoderConfig
{
    /// <summary>Tokens of the vocabulary.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Channels of a token, D.</summary>
    public required int Width { get; init; }

    /// <summary>Channels of one attention head; heads times this may differ from <see cref="Width"/>.</summary>
    public required int HeadWidth { get; init; }

    /// <summary>Attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Hidden channels of the feed-forward networks.</summary>
    public required int FeedForwardWidth { get; init; }

    /// <summary>Layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Whether the feed-forward network is gated by GELU (T5 1.1) instead of plain with ReLU.</summary>
    public required bool Gated { get; init; }

    /// <summary>Classes of distances between tokens.</summary>
    public required int Buckets { get; init; }

    /// <summary>Distances from here on share one class.</summary>
    public required int MaxDistance { get; init; }

    /// <summary>Added to the mean square in norms.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="config">The file.</param>
    /// <exception cref="ModelFileException">Values are missing or impossible; the message lists all of them.</exception>
    public static T5EncoderConfig Read(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Require(config.ClassName is "" or nameof(T5EncoderModel), "architectures", config.ClassName, nameof(T5EncoderModel));
        var read = new T5EncoderConfig
        {
            Vocabulary = config.Whole("vocab_size", 32128),
            Width = config.Whole("d_model", 512),
            HeadWidth = config.Whole("d_kv", 64),
            Heads = config.Whole("num_heads", 8),
            FeedForwardWidth = config.Whole("d_ff", 2048),
            Layers = config.Whole("num_layers", 6),
            Gated = config.Choice("feed_forward_proj", "relu", "relu", "gated-gelu") == "gated-gelu",
            Buckets = config.Whole("relative_attention_num_buckets", 32, least: 4),
            MaxDistance = config.Whole("relative_attention_max_distance", 128, least: 2),
            NormEpsilon = config.Number("layer_norm_epsilon", 1e-6),
        };
        config.Require(read.Buckets % 4 == 0, "relative_attention_num_buckets", read.Buckets, "a multiple of 4");
        config.Require(read.MaxDistance > read.Buckets / 4, "relative_attention_max_distance", read.MaxDistance, $"more than a quarter of the {read.Buckets} buckets");
        config.Require(read.NormEpsilon > 0, "layer_norm_epsilon", read.NormEpsilon, "more than 0");
        config.ThrowIfFaulty();
        return read;
    }
}
