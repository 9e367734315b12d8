using SimServe.GpuBackend.Adapters;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Text encoders, a denoiser, a scheduler and an autoencoder that make images together.</summary>
/// <remarks>One request at a time; weights are not written while it runs.</remarks>
public interface IDiffusionPipeline : IDisposable
{
    /// <summary>What width and height must be multiples of, pixels.</summary>
    int Granularity { get; }

    /// <summary>What the model was made for where a request does not say.</summary>
    PipelineDefaults Defaults { get; }

    /// <summary>ControlNets that requests can use.</summary>
    int ControlNets { get; }

    /// <summary>LoRA adapters in the denoiser and the text encoders; none at first.</summary>
    AdapterSet Adapters { get; }

    /// <summary>Serves one request.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="observer">Follows the work, or <c>null</c>.</param>
    /// <param name="cancellation">Ends the work between two steps.</param>
    /// <returns>The images; the caller disposes them.</returns>
    /// <exception cref="InvalidRequestException">The request does not fit the model; the message lists every fault.</exception>
    /// <exception cref="NotEnoughMemoryException">The device ran out of memory.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    ImageResult Run(ImageRequest request, IPipelineObserver? observer = null, CancellationToken cancellation = default);
}
