namespace SimServe.GpuBackend.Devices;

/// <summary>The latents of an edit after some of its steps, in host memory.</summary>
/// <param name="Step">Steps that were done, hence the step it goes on at.</param>
/// <param name="Latents">Latents of the masked tokens, [m, C], row by row; never changed.</param>
public sealed record LatentCheckpoint(int Step, ReadOnlyMemory<float> Latents);
