using TorchSharp;

namespace SimServe.GpuBackend.ModelFiles;

/// <summary>Where one tensor lies in a safetensors file.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">Its sizes; empty for a single number.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">The byte after its last.</param>
public sealed record SafetensorsEntry(string Name, torch.ScalarType Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Elements.</summary>
    public long Count => (End - Begin) / SafetensorsTypes.Size(Type);
}
