using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.UNets;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Models as they are served, of every family, from folders in diffusers' layout.</summary>
public static class ServedFolder
{
    /// <summary>Reads a folder's sizes; no weights yet, and no native library is needed.</summary>
    /// <param name="folder">The folder that holds <c>model_index.json</c>; its name becomes the model's.</param>
    /// <returns>The model, computing in float32.</returns>
    /// <exception cref="FileNotFoundException">A folder or file is missing.</exception>
    /// <exception cref="ModelFileException">It is no pipeline that can be served; the message says why.</exception>
    public static ServedConfig Read(string folder)
    {
        var index = ModelIndex.Open(folder);
        return PipelineFactory.IsFlux(index.ClassName) ? FluxFolder.Read(folder)
            : PipelineFactory.Supported.Contains(index.ClassName) ? StableDiffusionFolder.Read(folder)
            : throw PipelineFactory.NotSupported(index);
    }

    /// <summary>Makes a model: from its folder, or from a seed where it has none.</summary>
    /// <param name="config">Its sizes and type.</param>
    /// <param name="seed">Seed of the weights that come from no folder.</param>
    /// <param name="device">Where it computes; <c>null</c>: on the processor.</param>
    /// <exception cref="FileNotFoundException">A file of its folder is missing.</exception>
    /// <exception cref="ModelFileException">A file of its folder is not sound.</exception>
    public static ServedModel Open(ServedConfig config, long seed, Device? device = null) => config switch
    {
        FluxConfig flux => FluxFolder.Open(flux, seed, device),
        StableDiffusionConfig stable => StableDiffusionFolder.Open(stable, device),
        _ => throw new ArgumentException($"'{config?.Name}' is of a family that is not served.", nameof(config)),
    };

    // Reading every weight only to tell two folders apart would take longer than it is worth.
    internal static string FilesOf(string folder) => string.Join(';', new DirectoryInfo(folder)
        .EnumerateFiles("*", SearchOption.AllDirectories)
        .OrderBy(static file => file.FullName, StringComparer.Ordinal)
        .Select(file => $"{Path.GetRelativePath(folder, file.FullName)} {file.Length} {file.LastWriteTimeUtc.Ticks}"));
}
