using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>Where an edit goes on from.</summary>
/// <remarks>Solvers that look back on earlier steps begin anew there; the others give the latents of an edit that was never interrupted.</remarks>
/// <param name="Step">The step it is about to take.</param>
/// <param name="Latents">All its latents then, [1, C, h, w], float32, on any device; copied.</param>
internal sealed record LatentCheckpoint(int Step, Tensor Latents);
