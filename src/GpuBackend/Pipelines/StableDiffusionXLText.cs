using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>SDXL: the penultimate hidden states of two CLIP encoders side by side, and the second one's projected embedding.</summary>
/// <param name="first">CLIP-L.</param>
/// <param name="second">OpenCLIP bigG with its projection.</param>
/// <param name="zerosForNoPrompt">Whether the condition without a negative prompt is zero rather than that of an empty text.</param>
internal sealed class StableDiffusionXLText(ClipStage first, ClipStage second, bool zerosForNoPrompt) : ITextConditioner
{
    /// <inheritdoc/>
    public WeightStore FirstWeights => first.Model.Weights;

    /// <inheritdoc/>
    public WeightStore? SecondWeights => second.Model.Weights;

    /// <inheritdoc/>
    public int MostClipSkip => Math.Min(first.Model.Config.Layers, second.Model.Config.Layers) - 1;

    /// <inheritdoc/>
    public GuidedCondition Encode(ImageRequest request, bool guided, IPipelineObserver? observer)
    {
        var positive = Condition(request.Prompts, request.PromptsForSecond, request.ClipSkip, observer);
        if (!guided)
        {
            return new GuidedCondition(positive, null);
        }

        return new GuidedCondition(
            positive,
            zerosForNoPrompt && request.NegativePrompt is null
                ? new TextCondition(zeros_like(positive.Text), zeros_like(positive.Pooled!))
                : Condition(request.Negatives, request.NegativesForSecond, 0, observer));
    }

    /// <inheritdoc/>
    public ITextConditioner Twin() => new StableDiffusionXLText(first.Twin(), second.Twin(), zerosForNoPrompt);

    /// <inheritdoc/>
    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }

    private TextCondition Condition(IReadOnlyList<string> texts, IReadOnlyList<string> secondTexts, int skip, IPipelineObserver? observer)
    {
        var one = first.Encode(texts, observer);
        var two = second.Encode(secondTexts, observer);
        return new TextCondition(cat([one.FromEnd(skip + 1), two.FromEnd(skip + 1)], -1), two.TextEmbeds!);
    }
}
