using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Sizes of a U-Net's way down and middle, which a ControlNet shares.</summary>
public sealed record UNetEncoderConfig
{
    private const int FeedForwardRatio = 4;

    /// <summary>Channels of the sample.</summary>
    public required int InChannels { get; init; }

    /// <summary>The levels on the way down, highest resolution first; each but the last halves the resolution at its end.</summary>
    public required IReadOnlyList<UNetLevel> Levels { get; init; }

    /// <summary>Channels of a text token.</summary>
    public required int TextWidth { get; init; }

    /// <summary>Groups of every group norm; divides the channels of every level.</summary>
    public required int NormGroups { get; init; }

    /// <summary>Added to the variance in the norms of ResNet blocks.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>Whether transformers store their projections as linear layers; otherwise as 1x1 convolutions, which compute the same.</summary>
    public required bool LinearProjection { get; init; }

    /// <summary>Side of the first convolution's kernel, in latent pixels.</summary>
    public required int InKernel { get; init; }

    /// <summary>Channels of the time embedding that every ResNet block receives.</summary>
    public required int TimeWidth { get; init; }

    /// <summary>Whether cosines come before sines in sinusoidal embeddings.</summary>
    public required bool CosineFirst { get; init; }

    /// <summary>What is taken off the number of frequencies in sinusoidal embeddings.</summary>
    public required int FrequencyShift { get; init; }

    /// <summary>The added condition's sizes (SDXL), or <c>null</c> for a model without one.</summary>
    public AddedConditionConfig? Added { get; init; }

    /// <summary>Residual blocks and feed-forward networks that are narrower inside than their level, or than four times it.</summary>
    /// <value>None.</value>
    public LayerWidths Widths { get; init; } = LayerWidths.Full;

    /// <summary>
    /// Channels of every tensor that skips from the way down to the way up, in the order of their making; also a ControlNet's residuals. For SD1.5:
    /// 320 x 4, 640 x 3, 1280 x 5.
    /// </summary>
    public IEnumerable<int> SkipChannels =>
        Levels.SelectMany((level, i) => Enumerable.Repeat(level.Channels, i < Levels.Count - 1 ? level.Layers + 1 : level.Layers))
            .Prepend(Levels[0].Channels);

    /// <summary>Hidden channels of a transformer block's feed-forward network.</summary>
    /// <param name="block">The block's module path.</param>
    /// <param name="channels">Channels of its level.</param>
    internal int HiddenOf(string block, int channels) => Widths.Of($"{block}.ff", Hidden(channels));

    /// <summary>The parts whose widths may differ, in order of execution.</summary>
    /// <param name="up">The levels on the way up.</param>
    internal IEnumerable<WidthPart> Parts(IReadOnlyList<UNetLevel> up) =>
    [
        .. Levels.SelectMany((level, i) => Enumerable.Range(0, level.Layers).SelectMany(layer => PartsOf($"down_blocks.{i}", layer, level))),
        .. PartsOf("mid_block", 0, Levels[^1] with { HasAttention = true }),
        .. PartsOf("mid_block", 1, Levels[^1] with { HasAttention = false }),
        .. up.SelectMany((level, i) => Enumerable.Range(0, level.Layers).SelectMany(layer => PartsOf($"up_blocks.{i}", layer, level))),
    ];

    private IEnumerable<WidthPart> PartsOf(string block, int layer, UNetLevel level) =>
    [
        new($"{block}.resnets.{layer}", level.Channels, NormGroups),
        .. Enumerable.Range(0, level.HasAttention ? level.TransformerLayers : 0).Select(inner => new WidthPart($"{block}.attentions.{layer}.transformer_blocks.{inner}.ff", Hidden(level.Channels), 1)),
    ];

    private static int Hidden(int channels) => (int)Math.Min(int.MaxValue, (long)FeedForwardRatio * channels);

    /// <summary>Whether the way down or the middle attends at a level.</summary>
    internal static bool UsesHeads(IReadOnlyList<UNetLevel> levels, int number) => levels[number].HasAttention || number == levels.Count - 1;

    /// <summary>Reads the keys; faults stay in the file's list.</summary>
    internal static UNetEncoderConfig Read(ConfigFile config)
    {
        UNetOptions.RefuseUnbuilt(config);
        var levels = ReadLevels(config);
        var first = levels[0].Channels;
        config.Require(first % 2 == 0, "block_out_channels", first, "even in its first number, which is also the width of sines and cosines of the time step");
        return new UNetEncoderConfig
        {
            InChannels = config.Whole("in_channels", 4),
            Levels = levels,
            TextWidth = ReadTextWidth(config, levels.Length),
            NormGroups = ReadGroups(config, levels),
            NormEpsilon = config.Number("norm_eps", 1e-5),
            LinearProjection = config.Flag("use_linear_projection", false),
            InKernel = config.Whole("conv_in_kernel", 3),
            TimeWidth = config.Whole("time_embedding_dim", (int)Math.Min(int.MaxValue, 4L * first)),
            CosineFirst = config.Flag("flip_sin_to_cos", true),
            FrequencyShift = config.Whole("freq_shift", 0, least: 0),
            Added = config.Has("addition_embed_type") ? AddedConditionConfig.Read(config) : null,
        };
    }

    private static UNetLevel[] ReadLevels(ConfigFile config)
    {
        var channels = config.Wholes("block_out_channels", [320, 640, 1280, 1280]);
        var attention = UNetOptions.Attention(
            config, "down_block_types", ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"], channels.Length);
        var layers = config.WholePerLevel("layers_per_block", channels.Length, 2);
        var heads = config.WholePerLevel(UNetOptions.HeadsKey(config), channels.Length, 8);
        var depths = config.WholePerLevel("transformer_layers_per_block", channels.Length, 1);
        UNetLevel[] levels = [.. channels.Select((width, i) => new UNetLevel(width, layers[i], attention[i], heads[i], depths[i]))];
        foreach (var level in levels.Where((_, i) => UsesHeads(levels, i)))
        {
            UNetOptions.RequireHeads(config, level);
        }

        return levels;
    }

    // The list is per level in the file, but one text is given to all levels.
    private static int ReadTextWidth(ConfigFile config, int levels)
    {
        var widths = config.WholePerLevel("cross_attention_dim", levels, 1280);
        config.Require(widths.All(width => width == widths[0]), "cross_attention_dim", $"[{string.Join(", ", widths)}]", "the same at every level");
        return widths[0];
    }

    private static int ReadGroups(ConfigFile config, UNetLevel[] levels)
    {
        var groups = config.Whole("norm_num_groups", 32);
        config.Require(
            levels.All(level => level.Channels % groups == 0), "norm_num_groups", groups, "a divisor of every number in \"block_out_channels\"");
        return groups;
    }
}
