using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>A denoiser of any family that can leave out what a mask does not touch.</summary>
/// <remarks>Calls run within a dispose scope and inference mode, and any number of threads may make them. Predictions are [B, C, h, w] of latents, float32.</remarks>
internal interface IMaskedDenoiser
{
    /// <summary>Its weights.</summary>
    WeightStore Weights { get; }

    /// <summary>Latent pixels of a token's side: masks are made of tokens.</summary>
    int TokenSide { get; }

    /// <summary>The plain model.</summary>
    /// <param name="batch">The lanes.</param>
    Tensor Plain(DenoiserBatch batch);

    /// <summary>The plain model, whose layers are kept.</summary>
    /// <param name="batch">The lanes.</param>
    /// <param name="lanes">Where each lane's layers are added.</param>
    /// <param name="options">Which.</param>
    Tensor Record(DenoiserBatch batch, IReadOnlyList<RecordedLayers> lanes, RecordingOptions options);

    /// <summary>The model on masked tokens.</summary>
    /// <param name="batch">The lanes.</param>
    /// <param name="lanes">Each lane's mask, and what it takes over.</param>
    /// <param name="recorded">How that was recorded.</param>
    /// <param name="modes">How much is computed.</param>
    /// <returns>Right at masked tokens; elsewhere of no meaning.</returns>
    Tensor Masked(DenoiserBatch batch, IReadOnlyList<LaneReuse> lanes, RecordingOptions recorded, ReuseModes modes);
}
