using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Tokenizers;
using SimServe.GpuBackend.Weights;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Flux: T5's last hidden state for the tokens, CLIP's pooled output for the whole.</summary>
/// <remarks>The first prompt goes to CLIP, the second to T5, whose padding is not masked; as in the reference.</remarks>
internal sealed class FluxText(ClipStage clip, ITokenizer t5Tokenizer, T5EncoderModel t5) : ITextConditioner
{
    /// <inheritdoc/>
    public WeightStore FirstWeights => clip.Model.Weights;

    /// <inheritdoc/>
    public WeightStore? SecondWeights => t5.Weights;

    /// <inheritdoc/>
    public int MostClipSkip => 0;

    /// <inheritdoc/>
    public GuidedCondition Encode(ImageRequest request, bool guided, IPipelineObserver? observer) => new(
        Condition(request.Prompts, request.PromptsForSecond, request.MaxSequenceLength, observer),
        guided ? Condition(request.Negatives, request.NegativesForSecond, request.MaxSequenceLength, observer) : null);

    /// <inheritdoc/>
    public ITextConditioner Twin() => new FluxText(clip.Twin(), t5Tokenizer, new T5EncoderModel(t5.Config, WeightStore.Sharing(t5.Weights)));

    /// <inheritdoc/>
    public void Dispose()
    {
        clip.Dispose();
        t5.Dispose();
    }

    /// <summary>What texts condition, the same ones for both encoders.</summary>
    /// <param name="texts">The texts.</param>
    /// <returns>Tensors of the caller's dispose scope; as many tokens as the tokenizer's files allow.</returns>
    public TextCondition Encode(IReadOnlyList<string> texts) => Condition(texts, texts, t5Tokenizer.MaxLength, null);

    private TextCondition Condition(IReadOnlyList<string> texts, IReadOnlyList<string> secondTexts, int length, IPipelineObserver? observer)
    {
        // A model that was trained on shorter texts has seen no longer padding either.
        var ids = TokenRows.Of(t5Tokenizer, secondTexts, Math.Min(length, t5Tokenizer.MaxLength), t5.Weights.Device, observer);
        // CLIP only gives a summary here, and T5 sees the rest of a long prompt: nobody needs to be warned of the cut.
        return new TextCondition(t5.Forward(ids).LastHiddenState, clip.Encode(texts, null).Pooled);
    }
}
