namespace SimServe.GpuBackend.AddOns;

/// <summary>A ControlNet that requests may ask for.</summary>
/// <param name="Folder">Its folder, as diffusers saves it.</param>
/// <param name="Scale">Factor of its residuals: 1 as trained, 0 no effect; finite.</param>
public sealed record ControlNetSource(string Folder, double Scale = 1);
