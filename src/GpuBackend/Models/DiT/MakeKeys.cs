using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.DiT;

/// <summary>Makes keys and values of image rows.</summary>
/// <param name="rows">[n, H].</param>
/// <param name="modulation">For each row, each [n, H].</param>
/// <returns>Of each attention of the block, each [n, H].</returns>
internal delegate (Tensor Key, Tensor Value)[] MakeKeys(Tensor rows, IReadOnlyList<Tensor> modulation);
