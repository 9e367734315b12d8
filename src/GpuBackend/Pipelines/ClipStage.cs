using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Tokenizers;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>A CLIP text encoder with its tokenizer.</summary>
internal sealed class ClipStage(ITokenizer tokenizer, ClipTextModel model) : IDisposable
{
    /// <summary>The encoder.</summary>
    public ClipTextModel Model => model;

    /// <summary>Encodes texts, padded to the tokenizer's length.</summary>
    /// <param name="texts">One for each row.</param>
    /// <param name="observer">Told of texts that were cut.</param>
    public ClipTextOutput Encode(IReadOnlyList<string> texts, IPipelineObserver? observer) =>
        model.Forward(TokenRows.Of(tokenizer, texts, tokenizer.MaxLength, model.Weights.Device, observer));

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
