using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.StableDiffusion3;

/// <summary>What one call of a <see cref="SD3Transformer2DModel"/> needs.</summary>
public sealed record SD3TransformerInput
{
    /// <summary>Noisy latents, [B, C, H, W]; H and W are multiples of the patch size.</summary>
    public required Tensor HiddenStates { get; init; }

    /// <summary>Embeddings of the text tokens, [B, T, text width].</summary>
    public required Tensor EncoderHiddenStates { get; init; }

    /// <summary>Pooled embeddings of the prompts, [B, pooled width].</summary>
    public required Tensor PooledProjections { get; init; }

    /// <summary>1000 times the noise level, from 0 to 1000, [B].</summary>
    public required Tensor Timestep { get; init; }
}
