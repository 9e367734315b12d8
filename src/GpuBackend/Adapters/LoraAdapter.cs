using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Adapters;

/// <summary>An open LoRA file: changes of low rank to a pipeline's models.</summary>
/// <remarks>The file stays mapped until this is disposed: applying the adapter again needs no reading. Source: Hu et al., LoRA, 2021.</remarks>
public sealed class LoraAdapter : IDisposable
{
    internal LoraAdapter(SafetensorsFile file, IReadOnlyList<LoraModule> modules) => (File, Modules) = (file, modules);

    /// <summary>The file.</summary>
    public string Path => File.Path;

    /// <summary>What it changes, in the order of names.</summary>
    public IReadOnlyList<LoraModule> Modules { get; }

    /// <summary>Bytes of all its matrices.</summary>
    public long Bytes => Modules.Sum(static module => module.Down.End - module.Down.Begin + module.Up.End - module.Up.Begin);

    /// <summary>Whether it changes a model of the pipeline. What changes text encoders must be in use before prompts are encoded.</summary>
    /// <param name="part">The model.</param>
    public bool Changes(ModelPart part) => Modules.Any(module => module.Part == part);

    internal SafetensorsFile File { get; }

    /// <inheritdoc/>
    public void Dispose() => File.Dispose();
}
