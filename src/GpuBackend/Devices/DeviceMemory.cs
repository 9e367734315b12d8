using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Weights;

namespace SimServe.GpuBackend.Devices;

/// <summary>What masked serving needs of a CUDA device's memory, known before anything is put there.</summary>
/// <remarks>
/// H: width, F: width of the feed-forward network, C: latent channels, L: image tokens, T: text tokens, e: bytes of a number, B: members of the largest batch.
/// Weights: all of them, times e. Load buffers: one for each block that loads may be ahead and two more, but no more than the model has blocks after the first,
/// each of B (T + L) rows of H e bytes, or what a cached row takes in another format. Activations: a block holds at its widest about 12 H and 2 F numbers of a row beside queries and keys that are
/// rotated in float32 (4 H of 4 bytes); members and their templates' own computation may be under way at once, so 2 B (T + L) rows; attention's own
/// workspace is small against that where it is computed in pieces, as libtorch does in these types. Templates: latents, noise and residuals in float32, and
/// their embeddings. An autoencoder and text encoders: their weights, and about 6 tensors of the finest two levels' channels for each pixel. Load buffers and activations once for each worker that shares the device. The rest: CUDA's context, libraries and the allocator's rounding.
/// </remarks>
public sealed record DeviceMemory
{
    /// <summary>What CUDA's context, its libraries and rounding take, bytes: an assumption, on the safe side of the 0.4 to 0.6 GiB that CUDA 12 processes show.</summary>
    public const long Rest = 1L << 30;

    /// <summary>Weights of every model on the device, bytes.</summary>
    public required long Weights { get; init; }

    /// <summary>Buffers that cached rows are loaded into, bytes.</summary>
    public required long LoadBuffers { get; init; }

    /// <summary>Estimate of what a step's computation holds, bytes.</summary>
    public required long Activations { get; init; }

    /// <summary>What is kept of templates beside their recordings, which lie in host memory, bytes.</summary>
    public required long Templates { get; init; }

    /// <summary>The largest batch, of which the others are reckoned.</summary>
    public required int BatchSize { get; init; }

    /// <summary>All of it, bytes.</summary>
    public long Total => Weights + LoadBuffers + Activations + Templates + Rest;

    /// <summary>What a run needs.</summary>
    /// <param name="models">Models that lie on the device at once; the first serves.</param>
    /// <param name="size">The run's size.</param>
    public static DeviceMemory Of(IReadOnlyList<FluxConfig> models, ServingSize size)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(size);
        var (served, transformer) = (models[0], models[0].Transformer);
        var (rows, element) = ((long)size.BatchSize * served.SequenceTokens, served.ElementBytes);
        var buffers = Math.Min(transformer.Blocks - 1, (long)size.LookAhead + 2);
        long width = transformer.Width;
        return new DeviceMemory
        {
            BatchSize = size.BatchSize,
            Weights = models.Sum(WeightsOf),
            LoadBuffers = size.WorkersPerDevice * buffers * rows * served.Cache.RowBytes(transformer.Width, element),
            Activations = (size.WorkersPerDevice * DecodingOf(served)) + (2L * size.WorkersPerDevice * rows * ((((12 * width) + (2L * transformer.FeedForwardWidth)) * element) + (4 * width * sizeof(float)))),
            Templates = size.Templates * TemplateOf(served, size.Steps),
        };
    }

    /// <summary>Throws unless a device has that much free memory.</summary>
    /// <param name="models">Models that will lie on the device at once; the first serves.</param>
    /// <param name="size">The run's size.</param>
    /// <param name="cuda">CUDA.</param>
    /// <param name="device">The device's number.</param>
    /// <exception cref="NotEnoughMemoryException">It does not fit; the message says what takes how much, and which batch would.</exception>
    internal static void Check(IReadOnlyList<FluxConfig> models, ServingSize size, CudaInterop cuda, int device)
    {
        var (need, (free, total)) = (Of(models, size), cuda.MemoryOf(device));
        if (need.Total <= free)
        {
            return;
        }

        var fits = Enumerable.Range(1, size.BatchSize).LastOrDefault(batch => Of(models, size with { BatchSize = batch }).Total <= free);
        throw new NotEnoughMemoryException(
            $"'{models[0].Name}' in batches of {size.BatchSize} needs {FreeMemory.GiB(need.Total)} GiB on cuda:{device}: {need.Parts()}. {FreeMemory.GiB(free)} of its {FreeMemory.GiB(total)} GiB are free. " + Advice(models[0], fits));
    }

    private static string Advice(FluxConfig model, int fits)
    {
        var types = model.ElementBytes == sizeof(float) ? " Computing in bfloat16 (--dtype bfloat16) takes about half." : string.Empty;
        return (fits > 0
            ? $"Batches of {fits} would fit (policies.maxBatchSize and baseline.maxBatchSize, or --batch)."
            : "Not even one request at a time would fit: free the device, serve fewer templates, or take a larger one.") + types;
    }

    /// <summary>Bytes of a model's weights.</summary>
    internal static long WeightsOf(FluxConfig model)
    {
        using var counted = new FluxTransformer2DModel(model.Transformer, WeightStore.Counted());
        return (counted.Weights.ParameterCount * model.ElementBytes) + (model.Parts is { } parts ? WeightsOf(parts, model) : 0);
    }

    private static long WeightsOf(FluxParts parts, FluxConfig model)
    {
        using var autoencoder = new AutoencoderKL(parts.Autoencoder, WeightStore.Counted());
        using var clip = new ClipTextModel(parts.Clip, WeightStore.Counted());
        using var t5 = new T5EncoderModel(parts.T5, WeightStore.Counted());
        return (autoencoder.Weights.ParameterCount * SafetensorsTypes.Size(parts.AutoencoderType(model.Type)))
            + ((clip.Weights.ParameterCount + t5.Weights.ParameterCount) * model.ElementBytes);
    }

    // What decoding one image holds at its widest: the finest level, whose input still has the channels of the one below.
    private static long DecodingOf(FluxConfig model) => model.Parts is { } parts
        ? 6L * model.Grid.Width * model.Grid.Height * parts.Autoencoder.LevelChannels.Take(2).Max() * SafetensorsTypes.Size(parts.AutoencoderType(model.Type))
        : 0;

    private static long TemplateOf(FluxConfig model, int steps)
    {
        var (tokens, transformer) = ((long)model.Grid.Count, model.Transformer);
        return (tokens * transformer.InChannels * (2 + steps) * sizeof(float)) + (((2 * tokens) + model.TextTokens + 1 + steps) * transformer.Width * model.ElementBytes);
    }

    private string Parts() =>
        $"weights {FreeMemory.GiB(Weights)}, load buffers {FreeMemory.GiB(LoadBuffers)}, activations {FreeMemory.GiB(Activations)}, templates {FreeMemory.GiB(Templates)}, CUDA itself {FreeMemory.GiB(Rest)}";
}
