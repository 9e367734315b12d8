using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>What SDXL is told besides the text tokens.</summary>
/// <param name="PooledText">[B, P], the projected embedding of the whole prompt.</param>
/// <param name="TimeIds">[B, 6], any numeric type: original height and width, top and left of the crop, target height and width, in pixels.</param>
/// <remarks>Source: Podell et al., 2023 (SDXL), section 2.2, "micro-conditioning".</remarks>
public sealed record AddedCondition(Tensor PooledText, Tensor TimeIds);
