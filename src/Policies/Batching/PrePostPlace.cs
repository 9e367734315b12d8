namespace SimServe.Policies.Batching;

/// <summary>Where a worker prepares requests and turns latents into images.</summary>
public enum PrePostPlace
{
    /// <summary>Beside the batch, which goes on meanwhile: preprocessing and postprocessing have processes of their own.</summary>
    Beside,

    /// <summary>On the thread that denoises, between two steps of the batch, which waits meanwhile.</summary>
    BetweenSteps,
}
