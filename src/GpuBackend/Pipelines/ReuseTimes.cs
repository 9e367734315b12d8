namespace SimServe.GpuBackend.Pipelines;

/// <summary>What reuse cost and took.</summary>
/// <param name="Recording">Recording the template; once for all edits of it.</param>
/// <param name="Denoising">All steps of all edits together, without text encoders and autoencoder.</param>
/// <param name="MaskRatio">Masked tokens among all, 0 to 1.</param>
/// <param name="Bytes">Bytes of the recording.</param>
public sealed record ReuseTimes(TimeSpan Recording, TimeSpan Denoising, double MaskRatio, long Bytes);
