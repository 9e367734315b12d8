using SimServe.GpuBackend.ModelFiles;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Adapters;

/// <summary>An open LoRA file: changes of low rank to a pipeline's models.</summary>
/// <remarks>The file stays mapped until this is disposed: applying the adapter again needs no reading. Any number of threads may apply it at once. Source: Hu et al., LoRA, 2021.</remarks>
public sealed class LoraAdapter : IDisposable
{
    private readonly SafetensorsFile _file;
    private Dictionary<string, Tensor>? _matrices;

    internal LoraAdapter(SafetensorsFile file, IReadOnlyList<LoraModule> modules) => (_file, Modules) = (file, modules);

    /// <summary>The file.</summary>
    public string Path => _file.Path;

    /// <summary>What it changes, in the order of names.</summary>
    public IReadOnlyList<LoraModule> Modules { get; }

    /// <summary>Bytes of all its matrices.</summary>
    public long Bytes => Modules.Sum(static module => module.Down.End - module.Down.Begin + module.Up.End - module.Up.Begin);

    /// <summary>Whether it changes a model of the pipeline. What changes text encoders must be in use before prompts are encoded.</summary>
    /// <param name="part">The model.</param>
    public bool Changes(ModelPart part) => Modules.Any(module => module.Part == part);

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        foreach (var matrix in _matrices?.Values ?? Enumerable.Empty<Tensor>())
        {
            matrix.Dispose();
        }
    }

    /// <summary>Copies all matrices into memory of their own and closes the file. Before others use the adapter.</summary>
    internal void ReadIntoMemory()
    {
        if (_matrices is not null)
        {
            return;
        }

        using var inference = inference_mode(false);
        using var scope = NewDisposeScope();
        _matrices = Modules.SelectMany(static module => new[] { module.Down.Name, module.Up.Name })
            .Distinct()
            .ToDictionary(static name => name, name => _file.Read(name).clone().DetachFromDisposeScope(), StringComparer.Ordinal);
        _file.Dispose();
    }

    /// <summary>One matrix, in the current scope, in the file's type on the processor.</summary>
    internal Tensor Read(string name) => _matrices is null ? _file.Read(name) : _matrices[name].alias();
}
