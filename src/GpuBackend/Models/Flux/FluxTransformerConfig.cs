using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.DiT;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>The sizes of a <see cref="FluxTransformer2DModel"/>.</summary>
/// <remarks>Keys and defaults are those of diffusers' <c>FluxTransformer2DModel</c>. What would change the result and is not built here is refused, never ignored.</remarks>
public sealed record FluxTransformerConfig
{
    private const int MostWidth = 1 << 16;

    /// <summary>Channels of one image token's latent, C: 64 in FLUX.1, 16 channels of 2x2 positions.</summary>
    public required int InChannels { get; init; }

    /// <summary>Channels of one image token's prediction.</summary>
    public required int OutChannels { get; init; }

    /// <summary>Double-stream blocks, which come first; 0 or more.</summary>
    public required int DoubleBlocks { get; init; }

    /// <summary>Single-stream blocks; 0 or more.</summary>
    public required int SingleBlocks { get; init; }

    /// <summary>Attention heads, at least 1.</summary>
    public required int Heads { get; init; }

    /// <summary>Channels of one head, d.</summary>
    public required int HeadWidth { get; init; }

    /// <summary>Channels of one text token's embedding, D.</summary>
    public required int TextWidth { get; init; }

    /// <summary>Channels of the pooled prompt embedding, P.</summary>
    public required int PooledWidth { get; init; }

    /// <summary>Whether the model takes a guidance strength as input: true for FLUX.1-dev, which is distilled with it, false for schnell.</summary>
    public required bool GuidanceEmbeds { get; init; }

    /// <summary>Channels of a head for each coordinate; together <see cref="HeadWidth"/>.</summary>
    public required RotaryAxes RotaryAxes { get; init; }

    /// <summary>Feed-forward networks that are narrower than <see cref="FeedForwardWidth"/>.</summary>
    /// <value>None.</value>
    public LayerWidths Widths { get; init; } = LayerWidths.Full;

    /// <summary>Channels of the hidden state, H.</summary>
    public int Width => Heads * HeadWidth;

    /// <summary>Hidden channels of the feed-forward networks, F: four times <see cref="Width"/> where <see cref="Widths"/> says nothing else.</summary>
    public int FeedForwardWidth => FeedForward.Expansion * Width;

    /// <summary>Feed-forward networks, whose widths may differ (<see cref="Widths"/>), in order of execution.</summary>
    public IReadOnlyList<WidthPart> WidthParts =>
    [
        .. Enumerable.Range(0, DoubleBlocks).SelectMany(block => new WidthPart[] { new($"transformer_blocks.{block}.ff", FeedForwardWidth, 1), new($"transformer_blocks.{block}.ff_context", FeedForwardWidth, 1) }),
        .. Enumerable.Range(0, SingleBlocks).Select(block => new WidthPart($"single_transformer_blocks.{block}", FeedForwardWidth, 1)),
    ];

    /// <summary>All blocks.</summary>
    public int Blocks => DoubleBlocks + SingleBlocks;

    /// <summary>Reads diffusers' <c>config.json</c>.</summary>
    /// <param name="config">The file.</param>
    /// <exception cref="ModelFileException">Values are wrong, contradict one another, or ask for what is not supported; the message lists all of them.</exception>
    public static FluxTransformerConfig Read(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Require(config.ClassName is "" or nameof(FluxTransformer2DModel), "_class_name", config.ClassName, nameof(FluxTransformer2DModel));
        config.Inactive("patch_size", "1");
        var inputs = config.Whole("in_channels", 64);
        var read = new FluxTransformerConfig
        {
            InChannels = inputs,
            OutChannels = config.Whole("out_channels", inputs),
            DoubleBlocks = config.Whole("num_layers", 19, least: 0),
            SingleBlocks = config.Whole("num_single_layers", 38, least: 0),
            HeadWidth = config.Whole("attention_head_dim", 128),
            Heads = config.Whole("num_attention_heads", 24),
            TextWidth = config.Whole("joint_attention_dim", 4096),
            PooledWidth = config.Whole("pooled_projection_dim", 768),
            GuidanceEmbeds = config.Flag("guidance_embeds", false),
            RotaryAxes = ReadAxes(config),
        };
        read = read.WidthFits ? read with { Widths = LayerWidths.Read(config, () => read.WidthParts) } : read;
        config.Require(read.WidthFits, "num_attention_heads", read.Heads, $"such that all heads together have at most {MostWidth} channels");
        config.Require(read.RotaryAxes.Fit(read.HeadWidth), "axes_dims_rope", read.RotaryAxes, RotaryAxes.Allowed("attention_head_dim", read.HeadWidth));
        config.ThrowIfFaulty();
        return read;
    }

    /// <summary>Checks every size.</summary>
    /// <returns>This configuration.</returns>
    /// <exception cref="ArgumentException">Some sizes are impossible; the message lists them all.</exception>
    public FluxTransformerConfig Validated()
    {
        string[] faults = [.. Faults()];
        return faults.Length == 0 ? this : throw new ArgumentException($"The transformer cannot be built: {string.Join("; ", faults)}.");
    }

    /// <summary>Hidden channels of a double-stream block's feed-forward network for image tokens.</summary>
    internal int ImageFeedForward(int block) => Widths.Of($"transformer_blocks.{block}.ff", FeedForwardWidth);

    /// <summary>The same for text tokens.</summary>
    internal int TextFeedForward(int block) => Widths.Of($"transformer_blocks.{block}.ff_context", FeedForwardWidth);

    /// <summary>Hidden channels of a single-stream block's feed-forward network.</summary>
    internal int SingleFeedForward(int block) => Widths.Of($"single_transformer_blocks.{block}", FeedForwardWidth);

    /// <summary>What is wrong with the sizes.</summary>
    internal IEnumerable<string> Faults()
    {
        (string Name, int Value, int Least)[] sizes =
        [
            (nameof(InChannels), InChannels, 1), (nameof(OutChannels), OutChannels, 1), (nameof(DoubleBlocks), DoubleBlocks, 0),
            (nameof(SingleBlocks), SingleBlocks, 0), (nameof(Heads), Heads, 1), (nameof(HeadWidth), HeadWidth, 1),
            (nameof(TextWidth), TextWidth, 1), (nameof(PooledWidth), PooledWidth, 1),
        ];
        var faults = sizes.Where(static size => size.Value < size.Least).Select(static size => $"{size.Name} is {size.Value} but must be at least {size.Least}");
        if (!WidthFits)
        {
            faults = faults.Append($"{nameof(Heads)} is {Heads} but all heads together must have at most {MostWidth} channels");
        }

        return RotaryAxes.Fit(HeadWidth)
            ? faults
            : faults.Append($"{nameof(RotaryAxes)} is {RotaryAxes} but must be {RotaryAxes.Allowed(nameof(HeadWidth), HeadWidth)}");
    }

    private bool WidthFits => (long)Heads * HeadWidth <= MostWidth;

    private static RotaryAxes ReadAxes(ConfigFile config)
    {
        const string Key = "axes_dims_rope";
        var axes = config.Wholes(Key, [16, 56, 56], least: 0);
        config.Require(axes.Length == 3, Key, $"{axes.Length} numbers", "3 numbers, one for each coordinate of a token");
        return new RotaryAxes(axes[0], axes.ElementAtOrDefault(1), axes.ElementAtOrDefault(2));
    }
}
