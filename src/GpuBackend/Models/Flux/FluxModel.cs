using SimServe.GpuBackend.Native;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>A transformer of the Flux family with weights made from a seed.</summary>
/// <remarks>
/// Source: FLUX.1 (Black Forest Labs, 2024). Simplified: no guidance embedding, latents are the pixels of a patch (no autoencoder), weights
/// are random. float32. Weights are never written after construction: any number of threads may run one model at once.
/// </remarks>
public sealed class FluxModel : IDisposable
{
    private const int TimeChannels = 256;
    private const double TimeScale = 1000;

    private readonly SeededWeights _weights;
    private readonly Linear _imageIn;
    private readonly Linear _textIn;
    private readonly (Linear In, Linear Out) _time;
    private readonly (Linear In, Linear Out) _pooled;
    private readonly Linear _lastModulation;
    private readonly Linear _last;

    /// <summary>Creates the model.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="ArgumentException">Some sizes are impossible; the message lists them all.</exception>
    /// <exception cref="LibTorchNotFoundException">Native Torch is missing.</exception>
    public FluxModel(FluxConfig config, long seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        (Config, Seed) = (config.Validated(), seed);
        LibTorch.Load();
        using var scope = NewDisposeScope();
        var width = config.Width;
        _weights = new SeededWeights(seed);
        _imageIn = _weights.Linear("img_in", config.InChannels, width);
        _textIn = _weights.Linear("txt_in", config.TextWidth, width);
        _time = (_weights.Linear("time_in.in_layer", TimeChannels, width), _weights.Linear("time_in.out_layer", width, width));
        _pooled = (_weights.Linear("vector_in.in_layer", config.PooledWidth, width), _weights.Linear("vector_in.out_layer", width, width));
        Blocks =
        [
            .. Enumerable.Range(0, config.DoubleBlocks).Select(i => new DoubleBlock(_weights, config, $"double_blocks.{i}")),
            .. Enumerable.Range(0, config.SingleBlocks).Select(i => new SingleBlock(_weights, config, $"single_blocks.{i}")),
        ];
        _lastModulation = _weights.Modulation("final_layer.adaLN_modulation.1", width, 2);
        _last = _weights.Linear("final_layer.linear", width, config.InChannels);
        ImageRotary = _weights.Own(RotaryTable.Image(config));
    }

    /// <summary>The model's sizes.</summary>
    public FluxConfig Config { get; }

    /// <summary>Seed of the weights.</summary>
    public long Seed { get; }

    /// <summary>The blocks, double-stream ones first.</summary>
    internal IReadOnlyList<FluxBlock> Blocks { get; }

    /// <summary>Rotary factors of every image token, [L, 1, d/2].</summary>
    internal Tensor ImageRotary { get; }

    /// <summary>The plain model on one image.</summary>
    /// <param name="latents">[L, C], float32.</param>
    /// <param name="sigma">Noise level, from 0 to 1.</param>
    /// <param name="prompt">The prompt.</param>
    /// <returns>The velocity, [L, C]; the caller disposes it.</returns>
    public Tensor Velocity(Tensor latents, double sigma, PromptEmbedding prompt)
    {
        ArgumentNullException.ThrowIfNull(latents);
        ArgumentNullException.ThrowIfNull(prompt);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        CheckShape(latents, "latents", Config.Grid.Count, Config.InChannels);
        var condition = Condition(TimeVectors([sigma]).add(PooledVector(prompt)));
        var layout = new PassLayout(Config, 0, [ImageRotary], []);
        var rows = RunBlocks(layout, condition, new HiddenRows(EmbedText(prompt), EmbedImage(latents)), null);
        return Last(layout.Image, condition, rows.Split(layout).Image).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();

    /// <summary>Throws unless a tensor is float32 and has the shape that is expected at a border.</summary>
    internal static void CheckShape(Tensor rows, string what, params long[] shape)
    {
        if (rows.dtype != ScalarType.Float32 || !rows.shape.AsSpan().SequenceEqual(shape))
        {
            throw new ArgumentException(
                $"The {what} must be float32 [{string.Join(", ", shape)}], not {rows.dtype} [{string.Join(", ", rows.shape)}].");
        }
    }

    /// <summary>Whether another model has the same weights.</summary>
    internal bool SameWeights(FluxModel other) => Config == other.Config && Seed == other.Seed;

    /// <summary>Image latents to hidden rows: [R, C] to [R, H].</summary>
    internal Tensor EmbedImage(Tensor latents) => _imageIn.Apply(latents);

    /// <summary>A prompt's tokens to hidden rows, [T, H].</summary>
    internal Tensor EmbedText(PromptEmbedding prompt) =>
        _textIn.Apply(tensor(prompt.Text.ToArray(), [Config.TextTokens, Config.TextWidth]));

    /// <summary>The prompt's part of the condition, [1, H].</summary>
    internal Tensor PooledVector(PromptEmbedding prompt) =>
        Embed(_pooled, tensor(prompt.Pooled.ToArray(), [1, Config.PooledWidth]));

    /// <summary>The noise levels' part of the condition, [levels, H].</summary>
    internal Tensor TimeVectors(IReadOnlyList<double> sigmas) =>
        Embed(_time, tensor([.. sigmas.SelectMany(TimeEmbedding)], [sigmas.Count, TimeChannels]));

    /// <summary>What the blocks take as condition.</summary>
    /// <param name="vectors">Time and prompt parts added, [members, H].</param>
    internal static Tensor Condition(Tensor vectors) => nn.functional.silu(vectors);

    /// <summary>All blocks in order on rows that are all there.</summary>
    /// <param name="layout">How the rows are packed.</param>
    /// <param name="condition">[members, H].</param>
    /// <param name="rows">Input of the first block.</param>
    /// <param name="before">Called with each block's number and input, or <c>null</c>.</param>
    internal HiddenRows RunBlocks(PassLayout layout, Tensor condition, HiddenRows rows, Action<int, HiddenRows>? before)
    {
        for (var block = 0; block < Blocks.Count; block++)
        {
            before?.Invoke(block, rows);
            rows = Blocks[block].Run(layout, condition, rows, null);
        }

        return rows;
    }

    /// <summary>The last layer: hidden image rows to velocities.</summary>
    /// <param name="owners">The member of each row.</param>
    /// <param name="condition">[members, H].</param>
    /// <param name="image">[R, H].</param>
    /// <returns>[R, C].</returns>
    internal Tensor Last(RowOwners owners, Tensor condition, Tensor image) =>
        _last.Apply(BlockMath.Modulate(image, owners.Of(_lastModulation.Apply(condition)), 0));

    private static Tensor Embed((Linear In, Linear Out) layers, Tensor rows) =>
        layers.Out.Apply(nn.functional.silu(layers.In.Apply(rows)));

    // Cosines first, then sines; the noise level is scaled to the thousand training steps of earlier models, as FLUX.1 does.
    private static IEnumerable<float> TimeEmbedding(double sigma)
    {
        const int Half = TimeChannels / 2;
        var angles = Enumerable.Range(0, Half).Select(i => TimeScale * sigma * Math.Pow(10_000, -(double)i / Half)).ToArray();
        return angles.Select(static angle => (float)Math.Cos(angle)).Concat(angles.Select(static angle => (float)Math.Sin(angle)));
    }
}
