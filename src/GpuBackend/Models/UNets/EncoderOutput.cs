using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>A U-Net half way: what the way up, or a ControlNet's output convolutions, go on from.</summary>
/// <param name="Condition">The step's condition.</param>
/// <param name="Skips">The features to be joined on the way up, highest resolution first.</param>
/// <param name="Mid">The middle block's output.</param>
internal sealed record EncoderOutput(StepCondition Condition, Tensor[] Skips, Tensor Mid);
