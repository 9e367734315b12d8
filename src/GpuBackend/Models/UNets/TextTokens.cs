using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>The text that image tokens attend to.</summary>
/// <param name="Rows">[B, T, text width].</param>
/// <param name="Kept">Its keys and values of earlier steps, or <c>null</c> where they are computed in every step.</param>
internal readonly record struct TextTokens(Tensor Rows, TextKeys? Kept);
