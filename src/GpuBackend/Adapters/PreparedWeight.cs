using static TorchSharp.torch;

namespace SimServe.GpuBackend.Adapters;

/// <summary>One weight as adapters change it.</summary>
/// <param name="Part">The model.</param>
/// <param name="Name">The weight's name in it.</param>
/// <param name="Original">The weight's value as it was loaded: by it the weight is known, whichever store lends it.</param>
/// <param name="Value">The changed value.</param>
internal readonly record struct PreparedWeight(ModelPart Part, string Name, Tensor Original, Tensor Value)
{
    /// <summary>Bytes of the changed value.</summary>
    public long Bytes => Value.numel() * Value.element_size();
}
