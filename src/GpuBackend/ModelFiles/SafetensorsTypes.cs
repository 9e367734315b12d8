using static TorchSharp.torch;

namespace SimServe.GpuBackend.ModelFiles;

/// <summary>The element types of safetensors files that Torch can hold through TorchSharp.</summary>
/// <remarks>Source: huggingface/safetensors. Its 8-bit and smaller floats and its unsigned types above 8 bits have no counterpart in TorchSharp 0.107.</remarks>
internal static class SafetensorsTypes
{
    private static readonly (string Name, ScalarType Type, int Size)[] Known =
    [
        ("BOOL", ScalarType.Bool, 1), ("U8", ScalarType.Byte, 1), ("I8", ScalarType.Int8, 1), ("I16", ScalarType.Int16, 2), ("I32", ScalarType.Int32, 4),
        ("I64", ScalarType.Int64, 8), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2), ("F32", ScalarType.Float32, 4), ("F64", ScalarType.Float64, 8),
    ];

    /// <summary>Names of the types that are read.</summary>
    public static string Names { get; } = string.Join(", ", Known.Select(static known => known.Name));

    /// <summary>The type by its name in a header, or <c>null</c>.</summary>
    public static ScalarType? Find(string name)
    {
        foreach (var known in Known)
        {
            if (known.Name == name)
            {
                return known.Type;
            }
        }

        return null;
    }

    /// <summary>A type's name in a header.</summary>
    /// <exception cref="NotSupportedException">Safetensors files cannot hold the type.</exception>
    public static string Name(ScalarType type) => Of(type).Name;

    /// <summary>Bytes of one element.</summary>
    public static int Size(ScalarType type) => Of(type).Size;

    private static (string Name, ScalarType Type, int Size) Of(ScalarType type)
    {
        foreach (var known in Known)
        {
            if (known.Type == type)
            {
                return known;
            }
        }

        throw new NotSupportedException($"Safetensors files hold {Names}; a tensor of {type} must be converted first.");
    }
}
