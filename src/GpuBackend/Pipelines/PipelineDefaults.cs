namespace SimServe.GpuBackend.Pipelines;

/// <summary>What a pipeline does where a request does not say otherwise; diffusers' own defaults.</summary>
/// <param name="Size">Pixels per row and column.</param>
/// <param name="Steps">Denoising steps.</param>
/// <param name="Guidance">Guidance scale.</param>
public sealed record PipelineDefaults(int Size, int Steps, double Guidance);
