using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Hears what goes through a transformer.</summary>
internal interface ITokenRecorder
{
    /// <summary>Rows that a block behind another is about to take, [B, N, C]. The first block's are not told: whoever reuses templates has them.</summary>
    void Input(TransformerBlock block, Tensor tokens);

    /// <summary>Rows that are added to the image, [B, N, C].</summary>
    void Output(Tensor rows);
}
