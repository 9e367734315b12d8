using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.DiT;

/// <summary>Hears what keys and values of each block's image tokens are made of.</summary>
internal interface IBlockRecorder
{
    /// <summary>A block is about to run.</summary>
    /// <param name="rows">Its input, [B, N, H].</param>
    /// <param name="modulation">What shifts and scales it before its attentions, each [B, H].</param>
    /// <param name="keys">Makes keys and values of rows under their modulation, of each of its attentions; each [rows, H].</param>
    void Input(Tensor rows, IReadOnlyList<Tensor> modulation, MakeKeys keys);
}
