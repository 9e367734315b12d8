using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Pipelines;

namespace SimServe.GpuBackend.Devices;

/// <summary>What masked serving needs of the host's memory: recordings of all templates, and on the processor the weights and a step's computation too.</summary>
/// <param name="Recordings">Rows of recordings, bytes: every template's, or where their memory has a bound, twice that (workers are measured on as many before) and one that arrives, or what the largest batches use at once if that is more.</param>
/// <param name="Rest">What else lies in the host's memory, bytes.</param>
public sealed record HostNeed(long Recordings, long Rest)
{
    /// <summary>What a run needs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="size">The run's size.</param>
    /// <param name="onProcessor">Whether the model computes on the processor.</param>
    public static HostNeed Of(ServedConfig model, ServingSize size, bool onProcessor)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(size);
        var recording = model.ToShape().TemplateCacheBytes(size.Steps);
        var device = onProcessor ? DeviceMemory.Of([model], size with { WorkersPerDevice = size.Workers, DeviceTemplateBytes = 0 }) : null;
        return new HostNeed(Recorded(size, recording), device is null ? 0 : device.Weights + device.Activations);
    }

    private static long Recorded(ServingSize size, long recording)
    {
        var all = size.Templates * recording;
        var used = (long)size.Workers * size.BatchSize * recording;
        return size.TemplateMemoryBytes is { } memory ? Math.Min(all, Math.Max(memory, used) + recording) + Math.Min(all, memory) : all;
    }

    /// <summary>Throws unless the host has that much free memory.</summary>
    /// <param name="model">The model.</param>
    /// <param name="size">The run's size.</param>
    /// <param name="onProcessor">Whether the model computes on the processor.</param>
    /// <param name="free">Free bytes, or <c>null</c> where nobody knows: then it is not checked.</param>
    /// <exception cref="NotEnoughMemoryException">It does not fit.</exception>
    internal static void Check(ServedConfig model, ServingSize size, bool onProcessor, long? free)
    {
        var need = Of(model, size, onProcessor);
        if (free < need.Recordings + need.Rest)
        {
            throw new NotEnoughMemoryException(
                $"'{model.Name}' with {size.Templates} templates of {size.Steps} steps needs {FreeMemory.GiB(need.Recordings + need.Rest)} GiB of this machine's memory: recordings {FreeMemory.GiB(need.Recordings)}"
                + $"{(onProcessor ? $", weights and computation {FreeMemory.GiB(need.Rest)}" : string.Empty)}. {FreeMemory.GiB(free.Value)} GiB are free. "
                + "Serve a smaller model, fewer templates or fewer steps, or take a larger machine.");
        }
    }
}
