using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Tests.ModelFiles;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Adapters;

/// <summary>LoRA files for the models of a pipeline's folder: they change every query of attention.</summary>
internal static class LoraFiles
{
    private const int Rank = 2;

    /// <summary>Writes one.</summary>
    /// <param name="to">Where it goes.</param>
    /// <param name="name">Its name without ending.</param>
    /// <param name="pipeline">The pipeline's folder.</param>
    /// <param name="size">Size of the numbers.</param>
    /// <param name="parts">Folders of the models to change.</param>
    /// <returns>Its path.</returns>
    public static string Write(TemporaryFolder to, string name, string pipeline, double size, params string[] parts)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)name.Sum(static letter => letter), CPU);
        Dictionary<string, Tensor> tensors = [];
        foreach (var part in parts)
        {
            using var file = SafetensorsFile.Open(Directory.GetFiles(Path.Combine(pipeline, part), "*.safetensors").Single());
            foreach (var entry in file.Tensors.Values.Where(static entry => IsQuery(entry.Name)).OrderBy(static entry => entry.Name, StringComparer.Ordinal))
            {
                var module = $"{part}.{entry.Name[..^".weight".Length]}";
                tensors[$"{module}.lora_A.weight"] = randn([Rank, entry.Shape[1]], generator: generator).mul(size);
                tensors[$"{module}.lora_B.weight"] = randn([entry.Shape[0], Rank], generator: generator).mul(size);
            }
        }

        var path = to.At(name + ".safetensors");
        SafetensorsWriter.Write(path, tensors);
        return path;
    }

    private static bool IsQuery(string name) => name.EndsWith(".to_q.weight", StringComparison.Ordinal) || name.EndsWith(".q_proj.weight", StringComparison.Ordinal);
}
