using SimServe.Policies;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>The sizes of a transformer of the Flux family.</summary>
/// <remarks>Source: FLUX.1 (Black Forest Labs, 2024), whose blocks <see cref="FluxModel"/> follows.</remarks>
public sealed record FluxConfig
{
    /// <summary>Name for reports and profiles, e.g. <c>flux-nano</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How images are cut into tokens.</summary>
    public required TokenGrid Grid { get; init; }

    /// <summary>Channels of one image token's latent, C; with pixels as latents 3 * patch².</summary>
    public required int InChannels { get; init; }

    /// <summary>Channels of the hidden state, H.</summary>
    public required int Width { get; init; }

    /// <summary>Attention heads; divides <see cref="Width"/>.</summary>
    public required int Heads { get; init; }

    /// <summary>Hidden channels of the feed-forward network, F.</summary>
    public required int FeedForwardWidth { get; init; }

    /// <summary>Double-stream blocks, which come first; at least 1.</summary>
    public required int DoubleBlocks { get; init; }

    /// <summary>Single-stream blocks; 0 or more.</summary>
    public required int SingleBlocks { get; init; }

    /// <summary>Text tokens of every prompt, T; at least 1.</summary>
    public required int TextTokens { get; init; }

    /// <summary>Channels of one text token's embedding.</summary>
    public required int TextWidth { get; init; }

    /// <summary>Channels of the pooled prompt embedding.</summary>
    public required int PooledWidth { get; init; }

    /// <summary>Channels of a head for each coordinate; their sum is the width of one head.</summary>
    public required RotaryAxes RotaryAxes { get; init; }

    /// <summary>Base of the rotary frequencies.</summary>
    /// <value>10 000, as in FLUX.1.</value>
    public double Theta { get; init; } = 10_000;

    /// <summary>Channels of one head.</summary>
    public int HeadWidth => Width / Heads;

    /// <summary>All blocks.</summary>
    public int Blocks => DoubleBlocks + SingleBlocks;

    /// <summary>Tokens of the joint sequence, text and image: T + L.</summary>
    public int SequenceTokens => TextTokens + Grid.Count;

    /// <summary>A model for processors: 256x256 pixels, 256 image tokens of 16x16 pixels, about 10 million weights.</summary>
    public static FluxConfig Nano { get; } = new()
    {
        Name = "flux-nano",
        Grid = new TokenGrid(16, 16, 16),
        InChannels = 768,
        Width = 192,
        Heads = 6,
        FeedForwardWidth = 768,
        DoubleBlocks = 4,
        SingleBlocks = 8,
        TextTokens = 16,
        TextWidth = 64,
        PooledWidth = 64,
        RotaryAxes = new RotaryAxes(8, 12, 12),
    };

    /// <summary>What policies and cost models know of the model.</summary>
    public ModelShape ToShape() => new()
    {
        Name = Name,
        Grid = Grid,
        TextTokens = TextTokens,
        BytesPerElement = sizeof(float),
        Blocks =
        [
            .. Enumerable.Repeat(Shape(BlockKind.DoubleStream), DoubleBlocks),
            .. Enumerable.Repeat(Shape(BlockKind.SingleStream), SingleBlocks),
        ],
    };

    /// <summary>Checks every size.</summary>
    /// <returns>This configuration.</returns>
    /// <exception cref="ArgumentException">Some sizes are impossible; the message lists them all.</exception>
    public FluxConfig Validated()
    {
        List<string> faults = [];
        RequireAtLeast(faults);
        Require(faults, InChannels == 3 * Grid.PatchPixels * Grid.PatchPixels, nameof(InChannels), InChannels, $"{3 * Grid.PatchPixels * Grid.PatchPixels}: latents are the patch's pixels");
        if (Heads >= 1)
        {
            Require(faults, Width % Heads == 0, nameof(Width), Width, $"a multiple of {nameof(Heads)} = {Heads}");
            Require(faults, RotaryAxes.Sum == Width / Heads, nameof(RotaryAxes), RotaryAxes.Sum, $"axes that add up to the head's width {Width / Heads}");
        }

        var even = (RotaryAxes.Index | RotaryAxes.Row | RotaryAxes.Column) % 2 == 0
            && Math.Min(RotaryAxes.Index, Math.Min(RotaryAxes.Row, RotaryAxes.Column)) >= 0;
        Require(faults, even, nameof(RotaryAxes), RotaryAxes, "even and not negative in each part");
        Require(faults, double.IsFinite(Theta) && Theta > 1, nameof(Theta), Theta, "finite and greater than 1");
        return faults.Count == 0
            ? this
            : throw new ArgumentException($"The model '{Name}' cannot be built: {string.Join("; ", faults)}.");
    }

    private void RequireAtLeast(List<string> faults)
    {
        ReadOnlySpan<(string Name, int Value, int Least)> sizes =
        [
            ("Grid.Columns", Grid.Columns, 1), ("Grid.Rows", Grid.Rows, 1), ("Grid.PatchPixels", Grid.PatchPixels, 1),
            (nameof(Width), Width, 1), (nameof(Heads), Heads, 1), (nameof(FeedForwardWidth), FeedForwardWidth, 1),
            (nameof(DoubleBlocks), DoubleBlocks, 1), (nameof(SingleBlocks), SingleBlocks, 0), (nameof(TextTokens), TextTokens, 1),
            (nameof(TextWidth), TextWidth, 1), (nameof(PooledWidth), PooledWidth, 1),
        ];
        foreach (var (name, value, least) in sizes)
        {
            Require(faults, value >= least, name, value, $"at least {least}");
        }
    }

    private static void Require(List<string> faults, bool holds, string name, object value, string allowed)
    {
        if (!holds)
        {
            faults.Add($"{name} is {value} but must be {allowed}");
        }
    }

    private BlockShape Shape(BlockKind kind) => new(kind, Width, Heads, FeedForwardWidth, Grid.Count, TextTokens);
}
