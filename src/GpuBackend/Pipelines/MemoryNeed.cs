using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Native;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>The memory that a pipeline's weights take, known from the headers of its files before anything is loaded.</summary>
/// <param name="Bytes">Weights in the type they are computed in, with the copies that optimisations make of them.</param>
/// <param name="CopiedBytes">Those copies alone.</param>
/// <param name="Folder">The pipeline's folder.</param>
/// <param name="Type">That type.</param>
internal sealed record MemoryNeed(long Bytes, long CopiedBytes, string Folder, ScalarType Type)
{
    // Activations of a step and of the decoder at small sizes; large images need more, which Torch reports itself.
    private const double Activations = 1.1;

    private static readonly string[] Projections = [".to_q.weight", ".to_k.weight", ".to_v.weight"];

    private static readonly string[] Parts = ["text_encoder", "text_encoder_2", "unet", "transformer", "vae"];

    /// <summary>What a pipeline needs.</summary>
    /// <exception cref="ModelFileException">A weights file is not sound.</exception>
    public static MemoryNeed Of(ModelIndex index, PipelineOptions options)
    {
        var size = SafetensorsTypes.Size(options.Type);
        var folders = Parts.Where(part => index.Class(part) is not null).Select(part => Path.Combine(index.Folder, part)).Where(Directory.Exists);
        long bytes = 0, copied = 0;
        foreach (var folder in folders.Concat(PipelineFactory.ControlNetFolders(index, options)))
        {
            using var files = WeightFiles.Open(folder);
            bytes += files.Names.Sum(name => files.Entry(name).Count * size);
            copied += IsBackbone(index, folder) ? files.Names.Sum(name => Copies(files.Entry(name), options.Optimisations) * files.Entry(name).Count * size) : 0;
        }

        return new MemoryNeed(bytes + copied, copied, index.Folder, options.Type);
    }

    // Everything that is no part of the pipeline's folder is a ControlNet.
    private static bool IsBackbone(ModelIndex index, string folder) => !Parts.Where(static part => part != "unet").Any(part => folder == Path.Combine(index.Folder, part));

    // Packed convolutions do not read the copy with channels last, which is then not made.
    private static int Copies(SafetensorsEntry weight, BackboneOptimisations use) => weight switch
    {
        { Shape.Count: 4 } => use.ChannelsLast || use.PrepackedWeights ? 1 : 0,
        _ when use.JoinedProjections && Projections.Any(weight.Name.EndsWith) => 1,
        _ => 0,
    };

    /// <summary>Throws when the device has less free memory.</summary>
    /// <param name="device">The device; only the processor's memory can be asked here.</param>
    /// <exception cref="NotEnoughMemoryException">It does not fit.</exception>
    public void Check(Device device)
    {
        if (device.type == TorchSharp.DeviceType.CPU && FreeMemory.OfHost() is { } free)
        {
            Check(free);
        }
    }

    /// <summary>Throws when less than this is free.</summary>
    /// <param name="free">Free bytes.</param>
    internal void Check(long free)
    {
        if (Bytes * Activations > free)
        {
            if ((Bytes - CopiedBytes) * Activations <= free)
            {
                throw new NotEnoughMemoryException(
                    $"The weights of '{Folder}' and the copies that optimisations make of them take {FreeMemory.GiB(Bytes)} GiB, but {FreeMemory.GiB(free)} GiB are free. " +
                    "Without the copies they fit: --optimise fused-geglu,text-kv-cache makes none.");
            }

            var advice = Type == ScalarType.Float32 ? "bfloat16 weights (--dtype bfloat16) take half; otherwise a" : "A";
            throw new NotEnoughMemoryException(
                $"The weights of '{Folder}' take {FreeMemory.GiB(Bytes)} GiB as {Type}, with room for activations {FreeMemory.GiB((long)(Bytes * Activations))} GiB, but {FreeMemory.GiB(free)} GiB are free. " +
                $"{advice} machine with more memory is needed.");
        }
    }
}
