using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tokenizers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Captions as trained text encoders see them, for the training of what they condition.</summary>
/// <param name="clip">The CLIP encoder and its tokenizer; not owned.</param>
/// <param name="t5">The T5 encoder and its tokenizer; not owned.</param>
public sealed class CaptionEncoder((ClipTextModel Model, ITokenizer Tokenizer) clip, (T5EncoderModel Model, ITokenizer Tokenizer) t5)
{
    /// <summary>Flux's condition: T5's states and CLIP's pooled output, without gradients.</summary>
    /// <param name="captions">The captions.</param>
    /// <returns>[B, T, D] and [B, P], of the caller's dispose scope.</returns>
    public (Tensor Text, Tensor Pooled) Encode(IReadOnlyList<string> captions)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var device = clip.Model.Weights.Device;
        var pooled = clip.Model.Forward(TokenRows.Of(clip.Tokenizer, captions, clip.Tokenizer.MaxLength, device, null)).Pooled;
        var text = t5.Model.Forward(TokenRows.Of(t5.Tokenizer, captions, t5.Tokenizer.MaxLength, device, null)).LastHiddenState;
        return (text.MoveToOuterDisposeScope(), pooled.MoveToOuterDisposeScope());
    }
}
