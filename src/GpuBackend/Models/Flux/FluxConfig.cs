using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>A Flux model as it is served: its transformer's sizes, and what every request has in common.</summary>
public sealed record FluxConfig : ServedConfig
{
    /// <summary>Text tokens of every prompt, T; at least 1.</summary>
    public required int TextTokens { get; init; }

    /// <summary>The transformer's sizes: as many channels in and out as a token's latent has, with pixels as latents 3 * patch²; no guidance input.</summary>
    public required FluxTransformerConfig Transformer { get; init; }

    /// <summary>Static shift of the noise levels, greater than 0; see <see cref="FlowMatchEuler.Sigmas"/>.</summary>
    /// <value>1: none.</value>
    public double Shift { get; init; } = 1;

    /// <summary>Autoencoder and text encoders of a trained model.</summary>
    /// <value><c>null</c>: latents are pixels, prompts are hashed, and weights are made from a seed.</value>
    public FluxParts? Parts { get; init; }

    /// <summary>
    /// Whether the template's residual is added to the velocity of its edits, so that they stay near the template: weights that were never trained show nothing
    /// else. A trained model fills a hole with what its prompt says and what lies around.
    /// </summary>
    public bool KeepsToTemplate => !IsTrained;

    /// <summary>
    /// Whether what lies around a hole is shown to the model as it is, instead of noised to the level of the hole: a model that was trained so knows from the first step where the hole is
    /// and what it must fit to.
    /// </summary>
    /// <value>False, as models are that were trained on whole pictures alone.</value>
    public bool CleanContext { get; init; }

    /// <inheritdoc/>
    public override bool IsTrained => Parts is not null;

    /// <summary>Tokens of the joint sequence, text and image: T + L.</summary>
    public int SequenceTokens => TextTokens + Grid.Count;

    /// <summary>A model for processors: 256x256 pixels, 256 image tokens of 16x16 pixels, about 10 million weights.</summary>
    public static FluxConfig Nano { get; } = new()
    {
        Name = "flux-nano",
        Grid = new TokenGrid(16, 16, 16),
        TextTokens = 16,
        Transformer = new FluxTransformerConfig
        {
            InChannels = 768,
            OutChannels = 768,
            DoubleBlocks = 4,
            SingleBlocks = 8,
            Heads = 6,
            HeadWidth = 32,
            TextWidth = 64,
            PooledWidth = 64,
            GuidanceEmbeds = false,
            RotaryAxes = new RotaryAxes(8, 12, 12),
        },
    };

    /// <summary>A model of FLUX.1-dev's size for large GPUs: 1024x1024 pixels, 4,096 image tokens, about 12 billion weights. Its times are FLUX.1's, its images are noise.</summary>
    public static FluxConfig DevShape { get; } = new()
    {
        Name = "flux-dev-shape",
        Grid = new TokenGrid(64, 64, 16),
        TextTokens = 512,
        Transformer = Nano.Transformer with
        {
            DoubleBlocks = 19,
            SingleBlocks = 38,
            Heads = 24,
            HeadWidth = 128,
            TextWidth = 4096,
            PooledWidth = 768,
            RotaryAxes = new RotaryAxes(16, 56, 56),
        },
    };

    /// <inheritdoc/>
    public override ModelShape ToShape() => new()
    {
        Name = Name,
        Grid = Grid,
        TextTokens = TextTokens,
        BytesPerElement = ElementBytes,
        Cache = Cache,
        Blocks =
        [
            .. Enumerable.Range(0, Transformer.DoubleBlocks).Select(block => Shape(BlockKind.DoubleStream, Transformer.ImageFeedForward(block), Transformer.TextFeedForward(block))),
            .. Enumerable.Range(0, Transformer.SingleBlocks).Select(block => Shape(BlockKind.SingleStream, Transformer.SingleFeedForward(block))),
        ],
        Resize = grid => (this with { Grid = grid }).ToShape(),
    };

    /// <inheritdoc/>
    internal override ServedMemory MemoryOf(int batch, int steps, int lookAhead) => FluxMemory.Of(this, batch, steps, lookAhead);

    /// <summary>Noise level of the known tokens while those in the hole have this one.</summary>
    internal double ContextLevel(double sigma) => CleanContext ? 0 : sigma;

    /// <summary>Checks every size.</summary>
    /// <returns>This configuration.</returns>
    /// <exception cref="ArgumentException">Some sizes are impossible; the message lists them all.</exception>
    public FluxConfig Validated()
    {
        List<string> faults = [.. Transformer.Faults()];
        RequireAtLeast(faults);
        Require(faults, Type is ScalarType.Float32 or ScalarType.BFloat16 or ScalarType.Float16, nameof(Type), Type, "Float32, BFloat16 or Float16");
        var channels = Parts?.ChannelsOf(Grid) ?? (3 * Grid.PatchPixels * Grid.PatchPixels);
        Require(
            faults, Transformer.InChannels == channels, nameof(Transformer.InChannels), Transformer.InChannels,
            Parts is null ? $"{channels}: latents are the patch's pixels" : $"{channels}: a token's share of the autoencoder's latents");
        RequireTextWidths(faults);
        Require(faults, !Cache.IsCompressed || Transformer.Width % CacheFormat.ScaleBytes == 0, nameof(Transformer.Width), Transformer.Width, $"a multiple of {CacheFormat.ScaleBytes} with a cache in {Cache.NumbersName}");
        Require(faults, Cache.Numbers != CacheNumbers.BFloat16 || Type != ScalarType.Float16, nameof(Cache), Cache, "in the model's numbers, float32 or 8 bits: bfloat16 is no shorter than float16 and less exact");
        Require(faults, Transformer.OutChannels == channels, nameof(Transformer.OutChannels), Transformer.OutChannels, $"{channels}, as many as go in");
        Require(faults, !Transformer.GuidanceEmbeds, nameof(Transformer.GuidanceEmbeds), true, "false: requests have no guidance strength");
        return faults.Count == 0
            ? this
            : throw new ArgumentException($"The model '{Name}' cannot be built: {string.Join("; ", faults)}.");
    }

    private void RequireAtLeast(List<string> faults)
    {
        ReadOnlySpan<(string Name, int Value)> sizes =
        [
            ("Grid.Columns", Grid.Columns), ("Grid.Rows", Grid.Rows), ("Grid.PatchPixels", Grid.PatchPixels), (nameof(TextTokens), TextTokens),
            (nameof(Transformer.DoubleBlocks), Transformer.DoubleBlocks),
        ];
        foreach (var (name, value) in sizes)
        {
            Require(faults, value >= 1, name, value, "at least 1");
        }
    }

    private void RequireTextWidths(List<string> faults)
    {
        if (Parts is { } parts)
        {
            Require(faults, Transformer.TextWidth == parts.T5.Width, nameof(Transformer.TextWidth), Transformer.TextWidth, $"{parts.T5.Width}, the width of the T5 text encoder");
            Require(faults, Transformer.PooledWidth == parts.Clip.Width, nameof(Transformer.PooledWidth), Transformer.PooledWidth, $"{parts.Clip.Width}, the width of the CLIP text encoder");
        }
    }

    private static void Require(List<string> faults, bool holds, string name, object value, string allowed)
    {
        if (!holds)
        {
            faults.Add($"{name} is {value} but must be {allowed}");
        }
    }

    private BlockShape Shape(BlockKind kind, int feedForward, int? textFeedForward = null) =>
        new(kind, Transformer.Width, Transformer.Heads, feedForward, Grid.Count, TextTokens, textFeedForward);
}
