using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Pipelines;

namespace SimServe.GpuBackend.Devices;

/// <summary>What masked serving needs of a CUDA device's memory, known before anything is put there.</summary>
/// <remarks>
/// Weights and templates once, load buffers and activations for each worker that shares the device: each family's <see cref="ServedConfig"/> reckons its own. The rest: CUDA's context, libraries and the allocator's rounding.
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
    public static DeviceMemory Of(IReadOnlyList<ServedConfig> models, ServingSize size)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(size);
        ServedMemory[] memory = [.. models.Select(model => model.MemoryOf(size.BatchSize, size.Steps, size.LookAhead))];
        return new DeviceMemory
        {
            BatchSize = size.BatchSize,
            Weights = memory.Sum(static model => model.Weights),
            LoadBuffers = size.WorkersPerDevice * memory[0].LoadBuffers,
            Activations = size.WorkersPerDevice * memory[0].Activations,
            Templates = (size.Templates * memory[0].Template) + (size.WorkersPerDevice * size.DeviceTemplateBytes),
        };
    }

    /// <summary>Throws unless a device has that much free memory.</summary>
    /// <param name="models">Models that will lie on the device at once; the first serves.</param>
    /// <param name="size">The run's size.</param>
    /// <param name="cuda">CUDA.</param>
    /// <param name="device">The device's number.</param>
    /// <exception cref="NotEnoughMemoryException">It does not fit; the message says what takes how much, and which batch would.</exception>
    internal static void Check(IReadOnlyList<ServedConfig> models, ServingSize size, CudaInterop cuda, int device)
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

    private static string Advice(ServedConfig model, int fits)
    {
        var types = model.ElementBytes == sizeof(float) ? " Computing in bfloat16 (--dtype bfloat16) takes about half." : string.Empty;
        return (fits > 0
            ? $"Batches of {fits} would fit (policies.maxBatchSize and baseline.maxBatchSize, or --batch)."
            : "Not even one request at a time would fit: free the device, serve fewer templates, or take a larger one.") + types;
    }

    private string Parts() =>
        $"weights {FreeMemory.GiB(Weights)}, load buffers {FreeMemory.GiB(LoadBuffers)}, activations {FreeMemory.GiB(Activations)}, templates {FreeMemory.GiB(Templates)}, CUDA itself {FreeMemory.GiB(Rest)}";
}
