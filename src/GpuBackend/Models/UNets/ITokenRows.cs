using SimServe.GpuBackend.Layers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Gives a masked transformer what it does not compute.</summary>
/// <remarks>A block's rows are asked for once the block before it is issued. The first block needs none: all its rows are in the image.</remarks>
internal interface ITokenRows : IBlockListener
{
    /// <summary>Keys and values of all tokens in a block's attention to itself.</summary>
    /// <param name="block">A block behind another; asked for in order.</param>
    /// <param name="tokens">Which tokens are masked.</param>
    /// <param name="masked">Its own masked rows, [sum of m, C].</param>
    /// <returns>Each [B, N, C].</returns>
    (Tensor Key, Tensor Value) Keys(TransformerBlock block, PackedTokens tokens, Tensor masked);

    /// <summary>Rows of all tokens that are added to the image; asked for after all blocks.</summary>
    /// <param name="tokens">Which tokens are masked.</param>
    /// <param name="masked">The masked ones, [sum of m, C].</param>
    /// <returns>[B, N, C].</returns>
    Tensor Output(PackedTokens tokens, Tensor masked);
}
