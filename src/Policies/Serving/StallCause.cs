namespace SimServe.Policies.Serving;

/// <summary>Why a worker took no steps.</summary>
public enum StallCause
{
    /// <summary>A template's activation cache was recorded, or loaded into host memory.</summary>
    TemplateCache,

    /// <summary>Adapters were loaded, or patched in or out of the weights.</summary>
    Adapters,

    /// <summary>Requests were prepared or decoded by the thread that denoises (<see cref="Batching.PrePostPlace.BetweenSteps"/>).</summary>
    PrePost,
}
