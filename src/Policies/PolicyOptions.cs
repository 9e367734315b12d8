namespace SimServe.Policies;

/// <summary>The policies of a run by name, with their options.</summary>
public sealed record PolicyOptions
{
    /// <summary>Batching policy.</summary>
    /// <value><c>continuous</c>.</value>
    public string Batching { get; init; } = Policies.Batching.ContinuousBatching.Name;

    /// <summary>Pipeline policy.</summary>
    /// <value><c>optimal</c>.</value>
    public string Pipeline { get; init; } = Policies.Pipelines.OptimalPipeline.Name;

    /// <summary>Routing policy.</summary>
    /// <value><c>mask-aware</c>.</value>
    public string Routing { get; init; } = Policies.Routing.MaskAware.Name;

    /// <summary>Most requests in a worker's batch, at least 1.</summary>
    /// <value>8.</value>
    public int MaxBatchSize { get; init; } = 8;

    /// <summary>How long <c>static</c> batching waits for company, zero or more.</summary>
    /// <value>Zero.</value>
    public TimeSpan MaxWait { get; init; }
}
