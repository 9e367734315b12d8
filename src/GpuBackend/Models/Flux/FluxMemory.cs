using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Weights;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>What serving a Flux model takes of a device's memory, known before anything is put there.</summary>
/// <remarks>
/// H: width, F: width of the feed-forward network, C: latent channels, L: image tokens, T: text tokens, e: bytes of a number, B: members of the largest batch.
/// Weights: all of them, times e. Load buffers: one for each block that loads may be ahead and two more, but no more than the model has blocks after the first,
/// each of B (T + L) rows of H e bytes, or what a cached row takes in another format. Activations: a block holds at its widest about 12 H and 2 F numbers of a row beside queries and keys that are
/// rotated in float32 (4 H of 4 bytes); members and their templates' own computation may be under way at once, so 2 B (T + L) rows; attention's own
/// workspace is small against that where it is computed in pieces, as libtorch does in these types. Templates: latents, noise and residuals in float32, and
/// their embeddings. An autoencoder and text encoders: their weights, and about 6 tensors of the finest two levels' channels for each pixel.
/// </remarks>
internal static class FluxMemory
{
    /// <summary>What it takes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">Members of the largest batch.</param>
    /// <param name="steps">Denoising steps.</param>
    /// <param name="lookAhead">Blocks that loads may be ahead.</param>
    public static ServedMemory Of(FluxConfig model, int batch, int steps, int lookAhead)
    {
        var (transformer, rows) = (model.Transformer, (long)batch * model.SequenceTokens);
        var buffers = Math.Min(transformer.Blocks - 1, (long)lookAhead + 2);
        long width = transformer.Width;
        return new ServedMemory(
            WeightsOf(model),
            buffers * rows * model.Cache.RowBytes(transformer.Width, model.ElementBytes),
            (model.Parts?.Autoencoder.DecodingBytes(model.Grid.Width, model.Grid.Height, model.Type) ?? 0) + (2 * rows * ((((12 * width) + (2L * transformer.FeedForwardWidth)) * model.ElementBytes) + (4 * width * sizeof(float)))),
            TemplateOf(model, steps));
    }

    private static long WeightsOf(FluxConfig model)
    {
        using var counted = new FluxTransformer2DModel(model.Transformer, WeightStore.Counted());
        return (counted.Weights.ParameterCount * model.ElementBytes) + (model.Parts is { } parts ? WeightsOf(parts, model) : 0);
    }

    private static long WeightsOf(FluxParts parts, FluxConfig model)
    {
        using var autoencoder = new AutoencoderKL(parts.Autoencoder, WeightStore.Counted());
        using var clip = new ClipTextModel(parts.Clip, WeightStore.Counted());
        using var t5 = new T5EncoderModel(parts.T5, WeightStore.Counted());
        return (autoencoder.Weights.ParameterCount * SafetensorsTypes.Size(parts.Autoencoder.TypeBeside(model.Type)))
            + ((clip.Weights.ParameterCount + t5.Weights.ParameterCount) * model.ElementBytes);
    }

    private static long TemplateOf(FluxConfig model, int steps)
    {
        var (tokens, transformer) = ((long)model.Grid.Count, model.Transformer);
        return (tokens * transformer.InChannels * (2 + steps) * sizeof(float)) + (((2 * tokens) + model.TextTokens + 1 + steps) * transformer.Width * model.ElementBytes);
    }
}
