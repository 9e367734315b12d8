using SimServe.GpuBackend.Weights;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Stable Diffusion 1 and 2: the last hidden state of one CLIP encoder, or an earlier one through the final norm.</summary>
internal sealed class StableDiffusionText(ClipStage clip) : ITextConditioner
{
    /// <inheritdoc/>
    public WeightStore FirstWeights => clip.Model.Weights;

    /// <inheritdoc/>
    public WeightStore? SecondWeights => null;

    /// <inheritdoc/>
    public int MostClipSkip => clip.Model.Config.Layers;

    /// <inheritdoc/>
    public GuidedCondition Encode(ImageRequest request, bool guided, IPipelineObserver? observer) => new(
        Condition(request.Prompts, request.ClipSkip, observer),
        // Layers are left out for the prompt only, as in the reference.
        guided ? Condition(request.Negatives, 0, observer) : null);

    /// <inheritdoc/>
    public ITextConditioner Twin() => new StableDiffusionText(clip.Twin());

    /// <inheritdoc/>
    public void Dispose() => clip.Dispose();

    private TextCondition Condition(IReadOnlyList<string> texts, int skip, IPipelineObserver? observer)
    {
        var output = clip.Encode(texts, observer);
        return new TextCondition(skip == 0 ? output.LastHiddenState : clip.Model.FinalNorm(output.FromEnd(skip)), null);
    }
}
