using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.TextEncoders;

/// <summary>What a T5 encoder gives.</summary>
/// <param name="LastHiddenState">After the final norm, [B, T, D].</param>
/// <param name="HiddenStates">Input of each layer, each [B, T, D]; in a float16 model float32 after the first layer.</param>
public sealed record T5EncoderOutput(Tensor LastHiddenState, IReadOnlyList<Tensor> HiddenStates);
