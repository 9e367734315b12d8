using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>A Flux model as it is served: a transformer with weights made from a seed, and where the tokens of its images stand.</summary>
/// <remarks>
/// Simplified: latents are the pixels of a patch (no autoencoder), weights are random. float32. Weights are never written after
/// construction: any number of threads may run one model at once.
/// </remarks>
public sealed class FluxModel : IDisposable
{
    private readonly Tensor _imageIds;
    private readonly Tensor _textIds;

    /// <summary>Creates the model.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="ArgumentException">Some sizes are impossible; the message lists them all.</exception>
    /// <exception cref="LibTorchNotFoundException">Native Torch is missing.</exception>
    public FluxModel(FluxConfig config, long seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        (Config, Seed) = (config.Validated(), seed);
        Transformer = new FluxTransformer2DModel(config.Transformer, WeightStore.Seeded(seed, ScalarType.Float32, CPU));
        using var scope = NewDisposeScope();
        _imageIds = ImageIds(config.Grid.Rows, config.Grid.Columns).DetachFromDisposeScope();
        _textIds = zeros(config.TextTokens, 3).DetachFromDisposeScope();
        ImageRotary = RotaryTable.Of(_imageIds, config.Transformer.RotaryAxes).DetachFromDisposeScope();
        TextRotary = RotaryTable.Of(_textIds, config.Transformer.RotaryAxes).DetachFromDisposeScope();
    }

    /// <summary>The model's sizes.</summary>
    public FluxConfig Config { get; }

    /// <summary>Seed of the weights.</summary>
    public long Seed { get; }

    /// <summary>The transformer.</summary>
    public FluxTransformer2DModel Transformer { get; }

    /// <summary>Rotary factors of every image token, [L, 1, d/2].</summary>
    internal Tensor ImageRotary { get; }

    /// <summary>Rotary factors of every text token, [T, 1, d/2].</summary>
    internal Tensor TextRotary { get; }

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
        CheckShape(latents, "latents", Config.Grid.Count, Config.Transformer.InChannels);
        var velocity = Transformer.Forward(new FluxInput
        {
            HiddenStates = latents.unsqueeze(0),
            EncoderHiddenStates = Text(prompt).unsqueeze(0),
            PooledProjections = Pooled(prompt),
            Timestep = tensor([(float)sigma]),
            ImageIds = _imageIds,
            TextIds = _textIds,
        });
        return velocity.squeeze(0).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Transformer.Dispose();
        foreach (var tensor in new[] { _imageIds, _textIds, ImageRotary, TextRotary })
        {
            tensor.Dispose();
        }
    }

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

    /// <summary>A prompt's tokens to hidden rows, [T, H].</summary>
    internal Tensor EmbedText(PromptEmbedding prompt) => Transformer.EmbedText(Text(prompt));

    /// <summary>The prompt's part of the condition, [1, H].</summary>
    internal Tensor PooledVector(PromptEmbedding prompt) => Transformer.Embedding.Text(Pooled(prompt));

    /// <summary>The noise levels' part of the condition, [levels, H].</summary>
    internal Tensor TimeVectors(IReadOnlyList<double> sigmas) =>
        Transformer.Embedding.Time(tensor([.. sigmas.Select(static sigma => (float)sigma)]));

    private Tensor Text(PromptEmbedding prompt) => tensor(prompt.Text.ToArray(), [Config.TextTokens, Config.Transformer.TextWidth]);

    private Tensor Pooled(PromptEmbedding prompt) => tensor(prompt.Pooled.ToArray(), [1, Config.Transformer.PooledWidth]);

    private static Tensor ImageIds(int rows, int columns)
    {
        var row = arange(rows, dtype: ScalarType.Float32).repeat_interleave(columns);
        return stack([zeros(rows * columns), row, arange(columns, dtype: ScalarType.Float32).repeat(rows)], 1);
    }
}
