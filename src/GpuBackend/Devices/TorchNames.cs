using SimServe.GpuBackend.Native;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Devices;

/// <summary>Torch's devices and number types by the names that people use for them.</summary>
public static class TorchNames
{
    private static readonly Dictionary<string, ScalarType> Types = new(StringComparer.Ordinal)
    {
        ["float32"] = ScalarType.Float32,
        ["bfloat16"] = ScalarType.BFloat16,
        ["float16"] = ScalarType.Float16,
    };

    /// <summary>Names of the types that models compute in.</summary>
    public static IReadOnlyCollection<string> TypeNames => Types.Keys;

    /// <summary>Names of the kinds of device.</summary>
    public static IReadOnlyCollection<string> DeviceNames { get; } = ["cpu", "cuda"];

    /// <summary>A type's name in profiles.</summary>
    /// <exception cref="ArgumentException">Models do not compute in it.</exception>
    public static string Precision(ScalarType type) => type switch
    {
        ScalarType.Float32 => "fp32",
        ScalarType.BFloat16 => "bf16",
        ScalarType.Float16 => "fp16",
        _ => throw new ArgumentException($"Models do not compute in {type}; they do in {string.Join(", ", Types.Keys)}.", nameof(type)),
    };

    /// <summary>A type by its name in profiles, or <c>null</c> for one that no model here computes in.</summary>
    public static ScalarType? OfPrecision(string precision)
    {
        foreach (var type in Types.Values)
        {
            if (Precision(type) == precision)
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>A type by its name.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public static ScalarType Type(string name) => Types.TryGetValue(name, out var type)
        ? type
        : throw new ArgumentException($"There is no type '{name}'; there are {string.Join(", ", Types.Keys)}.", nameof(name));

    /// <summary>A device that is there.</summary>
    /// <param name="name"><c>cpu</c> or <c>cuda</c>.</param>
    /// <exception cref="ArgumentException">There is no kind of this name.</exception>
    /// <exception cref="DeviceFailedException">There is no such device in this machine or none that this libtorch can use.</exception>
    public static Device Device(string name)
    {
        var info = LibTorch.Load();
        return name switch
        {
            "cpu" => CPU,
            "cuda" when info.Cuda && cuda.is_available() => CUDA,
            "cuda" => throw new DeviceFailedException(
                $"There is no CUDA device that can be used: {info} {(info.Cuda ? "finds none" : "has no CUDA library")}. " +
                $"Use --device cpu, or set {NativeFolders.Variable} to a libtorch with CUDA on a machine with an NVIDIA GPU."),
            _ => throw new ArgumentException($"There is no device '{name}'; there are {string.Join(", ", DeviceNames)}.", nameof(name)),
        };
    }
}
