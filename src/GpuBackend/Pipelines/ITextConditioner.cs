using SimServe.GpuBackend.Weights;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>The text encoders of a pipeline with the way in which their outputs become the denoiser's condition.</summary>
internal interface ITextConditioner : IDisposable
{
    /// <summary>Weights of the first text encoder.</summary>
    WeightStore FirstWeights { get; }

    /// <summary>Weights of the second one, or <c>null</c>.</summary>
    WeightStore? SecondWeights { get; }

    /// <summary>The most layers that <see cref="ImageRequest.ClipSkip"/> may leave out.</summary>
    int MostClipSkip { get; }

    /// <summary>Other encoders with the same weights and adapters of their own; these must outlive them.</summary>
    ITextConditioner Twin();

    /// <summary>Encodes the prompts of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="guided">Whether the negative prompt is needed as well.</param>
    /// <param name="observer">Told of prompts that were cut.</param>
    GuidedCondition Encode(ImageRequest request, bool guided, IPipelineObserver? observer);
}
