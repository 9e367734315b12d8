using System.Text.Json.Serialization;
using SimServe.Policies.AddOns;
using SimServe.Policies.Admission;
using SimServe.Policies.Caches;
using SimServe.Policies.Ordering;
using SimServe.Policies.Recovery;
using SimServe.Policies.Scaling;

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

    /// <summary>How many times the requests of the least loaded worker a worker preferred by an affinity may have; at least 1.</summary>
    /// <value>1.5.</value>
    public double AffinityLoadFactor { get; init; } = 1.5;

    /// <summary>Most requests in a worker's batch, at least 1.</summary>
    /// <value>8.</value>
    public int MaxBatchSize { get; init; } = 8;

    /// <summary>How long <c>static</c> batching waits for company, zero or more.</summary>
    /// <value>Zero.</value>
    public TimeSpan MaxWait { get; init; }

    /// <summary>How old what routers see may be: they see the fleet as it was at the last multiple of this time. Zero or more.</summary>
    /// <value>Zero: they see the present.</value>
    public TimeSpan RouterStaleness { get; init; }

    /// <summary>In which order waiting requests join a batch.</summary>
    public OrderingOptions Ordering { get; init; } = new();

    /// <summary>Which arriving requests are served.</summary>
    public AdmissionOptions Admission { get; init; } = new();

    /// <summary>How many workers are on.</summary>
    public ScalingOptions Scaling { get; init; } = new();

    /// <summary>What becomes of requests whose device failed.</summary>
    public RecoveryOptions Recovery { get; init; } = new();

    /// <summary>How ControlNets and LoRAs are served.</summary>
    public AddOnOptions AddOns { get; init; } = new();

    /// <summary>Which requests go on from similar latents instead of from noise; in simulations only.</summary>
    /// <value><c>null</c>: none.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ApproximateCacheOptions? ApproximateCache { get; init; }

    /// <summary>Seed of the policies that choose at random; a run sets it to its own.</summary>
    /// <value>0.</value>
    public long Seed { get; init; }
}
