using SimServe.GpuBackend.Layers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.DiT;

/// <summary>Gives a masked block the keys and values that it does not make.</summary>
internal interface IBlockRows
{
    /// <summary>Keys and values of unmasked tokens, asked for block by block.</summary>
    /// <param name="tokens">Which tokens are masked.</param>
    /// <param name="keys">Makes them of rows.</param>
    /// <returns>Of each attention of the block, each [sum of u, H].</returns>
    (Tensor Key, Tensor Value)[] Unmasked(PackedTokens tokens, MakeKeys keys);
}
