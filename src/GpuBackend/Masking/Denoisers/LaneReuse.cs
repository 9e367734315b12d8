namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>What one lane of a masked pass computes and what it takes over.</summary>
/// <param name="Masks">Its mask at every resolution.</param>
/// <param name="Layers">Its template's layers, of its own step and branch.</param>
internal sealed record LaneReuse(MaskPyramid Masks, RecordedLayers Layers);
