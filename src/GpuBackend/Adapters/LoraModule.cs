using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Adapters;

/// <summary>What a LoRA file says about one module: the change is <c>Factor * Up @ Down</c>.</summary>
/// <param name="Part">The model.</param>
/// <param name="Name">The module as the file names it, without what names the model.</param>
/// <param name="Rank">Columns of up and rows of down; positive.</param>
/// <param name="Factor">alpha / rank, or alpha / sqrt(rank) where the file asks for rank-stabilised LoRA; 1 where it gives no alpha.</param>
public sealed record LoraModule(ModelPart Part, string Name, int Rank, double Factor)
{
    /// <summary>[rank, inputs], or [rank, inputs, k, k] for a convolution.</summary>
    public required SafetensorsEntry Down { get; init; }

    /// <summary>[outputs, rank], or [outputs, rank, 1, 1].</summary>
    public required SafetensorsEntry Up { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Part} {Name}, rank {Rank}, factor {Factor}";
}
