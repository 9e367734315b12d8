namespace SimServe.GpuBackend.AddOns;

/// <summary>A LoRA that requests may ask for.</summary>
/// <param name="Path">Its safetensors file.</param>
/// <param name="Scale">Its strength: 1 as trained, 0 no effect, negative to subtract; finite.</param>
public sealed record LoraSource(string Path, double Scale = 1);
