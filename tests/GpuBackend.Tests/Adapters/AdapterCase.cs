using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Tests.ModelFiles;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Adapters;

/// <summary>A model of three weights, and LoRA files for it.</summary>
internal static class AdapterCase
{
    public static WeightStore Model(ScalarType type)
    {
        var store = WeightStore.Seeded(5, type, CPU);
        Take(store);
        return store;
    }

    public static WeightStore Twin(WeightStore owner)
    {
        var store = WeightStore.Sharing(owner);
        Take(store);
        return store;
    }

    public static Tensor Noise(int seed, params long[] shape) =>
        arange(shape.Aggregate(1L, static (a, b) => a * b), dtype: ScalarType.Float64).add(seed).mul(12.9898 * seed).sin().to(ScalarType.Float32).reshape(shape);

    public static LoraAdapter Adapter(TemporaryFolder folder, string name, Tensor down, Tensor up, double? alpha = null, string module = "linear", string prefix = "unet.")
    {
        Dictionary<string, Tensor> tensors = new() { [$"{prefix}{module}.lora_A.weight"] = down, [$"{prefix}{module}.lora_B.weight"] = up };
        if (alpha is { } number)
        {
            tensors.Add($"{prefix}{module}.alpha", tensor(number));
        }

        SafetensorsWriter.Write(folder.At(name + ".safetensors"), tensors);
        return LoraFile.Open(folder.At(name + ".safetensors"));
    }

    private static void Take(WeightStore store)
    {
        store.Root.Sub("linear").Take("weight", Initialization.FanIn, 4, 5);
        store.Root.Sub("pointwise").Take("weight", Initialization.FanIn, 4, 5, 1, 1);
        store.Root.Sub("conv").Take("weight", Initialization.FanIn, 4, 3, 3, 3);
    }
}
