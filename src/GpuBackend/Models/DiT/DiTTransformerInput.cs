using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.DiT;

/// <summary>What one call of a <see cref="DiTTransformer2DModel"/> needs.</summary>
public sealed record DiTTransformerInput
{
    /// <summary>Noisy latents, [B, C, H, W]; H and W are multiples of the patch size.</summary>
    public required Tensor HiddenStates { get; init; }

    /// <summary>Time steps from 0 to 999, [B].</summary>
    public required Tensor Timestep { get; init; }

    /// <summary>Class labels, [B], int64, from 0 to the number of classes, which stands for no class.</summary>
    public required Tensor ClassLabels { get; init; }
}
