using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>What every block of a U-Net is told in one step.</summary>
/// <param name="Time">[B, time width]: the embedded time step, with SDXL's added condition.</param>
/// <param name="ActivatedTime">SiLU of it, which every ResNet block projects: computed once and not in each.</param>
/// <param name="Text">What image tokens attend to.</param>
/// <param name="Pass">How layers are computed.</param>
internal sealed record StepCondition(Tensor Time, Tensor ActivatedTime, TextTokens Text, IUNetPass Pass);
