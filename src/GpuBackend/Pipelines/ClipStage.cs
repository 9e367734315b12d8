using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Tokenizers;
using SimServe.GpuBackend.Weights;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>A CLIP text encoder with its tokenizer.</summary>
internal sealed class ClipStage(ITokenizer tokenizer, ClipTextModel model) : IDisposable
{
    /// <summary>The encoder.</summary>
    public ClipTextModel Model => model;

    /// <summary>Its tokenizer.</summary>
    public ITokenizer Tokenizer => tokenizer;

    /// <summary>Encodes texts, padded to the tokenizer's length.</summary>
    /// <param name="texts">One for each row.</param>
    /// <param name="observer">Told of texts that were cut.</param>
    public ClipTextOutput Encode(IReadOnlyList<string> texts, IPipelineObserver? observer) =>
        model.Forward(TokenRows.Of(tokenizer, texts, tokenizer.MaxLength, model.Weights.Device, observer));

    /// <summary>Another one with the same weights; this one must outlive it.</summary>
    public ClipStage Twin() => new(tokenizer, new ClipTextModel(model.Config, WeightStore.Sharing(model.Weights)));

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
