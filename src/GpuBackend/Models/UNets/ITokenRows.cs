using SimServe.GpuBackend.Layers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Gives a masked transformer what it does not compute.</summary>
internal interface ITokenRows
{
    /// <summary>Keys and values of all tokens in a block's attention to itself.</summary>
    /// <param name="block">The block; asked for in order.</param>
    /// <param name="tokens">Which tokens are masked.</param>
    /// <param name="masked">Its own masked rows, [sum of m, C].</param>
    /// <returns>Each [B, N, C].</returns>
    (Tensor Key, Tensor Value) Keys(TransformerBlock block, PackedTokens tokens, Tensor masked);

    /// <summary>Unmasked rows that are added to the image, [sum of u, C]; asked for after all blocks.</summary>
    /// <param name="tokens">Which tokens are masked.</param>
    Tensor Output(PackedTokens tokens);
}
