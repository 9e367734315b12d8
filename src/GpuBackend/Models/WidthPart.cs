namespace SimServe.GpuBackend.Models;

/// <summary>A part of a model that may be narrower inside than the model's sizes say.</summary>
/// <param name="Path">Its module path, e.g. <c>down_blocks.0.resnets.0</c>.</param>
/// <param name="Full">Its hidden channels by the model's sizes.</param>
/// <param name="Multiple">What its hidden channels must be a multiple of: the groups of a norm, or 1.</param>
public readonly record struct WidthPart(string Path, int Full, int Multiple);
