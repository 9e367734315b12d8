namespace SimServe.Simulator.Metrics.Stages;

/// <summary>Where a request's latency is spent. Every tick of it lies in exactly one stage.</summary>
public enum LatencyStage
{
    /// <summary>From arrival until it was sent to its (last) worker; attempts whose device failed are in here.</summary>
    GatewayQueue,

    /// <summary>From there until it was prepared: text encoding, preprocessing, transfers before the batch.</summary>
    Prepare,

    /// <summary>From there until it joined a batch.</summary>
    BatchWait,

    /// <summary>In the batch, while a template's cache was loaded or recorded.</summary>
    CacheLoad,

    /// <summary>In the batch, while adapters were loaded or changed.</summary>
    AdapterSwap,

    /// <summary>In the batch, while the thread that denoises prepared or decoded other requests.</summary>
    Interrupted,

    /// <summary>In the batch, the rest: denoising.</summary>
    Compute,

    /// <summary>From the last denoising step to the answer: decoding, postprocessing, transfer.</summary>
    Delivery,
}
