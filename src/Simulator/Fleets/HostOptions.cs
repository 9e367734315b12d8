using System.Text.Json.Serialization;
using SimServe.Policies.Caches;

namespace SimServe.Simulator.Fleets;

/// <summary>What every host of a fleet has: memory and disk for templates' activation caches, and the links to them.</summary>
/// <remarks>
/// A template that has been recorded lies in remote storage and is fetched from there, or from the disk, into host memory before it is used; every step then
/// loads from host memory what the plan reads. A quantity that is <c>null</c> has no bound and takes no time.
/// </remarks>
public sealed record HostOptions
{
    /// <summary>The host's own disk.</summary>
    public const string FromDisk = "disk";

    /// <summary>A store that the network reaches.</summary>
    public const string FromNetwork = "network";

    /// <summary>Host memory for templates' caches, bytes, or <c>null</c>.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Disk for templates' caches, bytes; 0: none.</summary>
    public long DiskBytes { get; init; }

    /// <summary>Memory of each device for templates' caches, bytes; 0: none, and otherwise at least one template.</summary>
    /// <remarks>
    /// Steps load nothing of a template that is there. It comes there when a request has taken all its steps with it. Routers see whether a worker need not fetch, from
    /// either memory; forecasts of finishing times take every member of a batch to be loaded, but for those of <c>cache-aware</c> routing.
    /// </remarks>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long DeviceCacheBytes { get; init; }

    /// <summary>All of a template's rows.</summary>
    public const string WholeTemplates = "whole-templates";

    /// <summary>Those of the blocks that <see cref="Policies.Residency.TemplateResidency"/> chooses.</summary>
    public const string ChosenBlocks = "chosen-blocks";

    /// <summary>What devices keep of a template in their memory: <see cref="WholeTemplates"/> or <see cref="ChosenBlocks"/>.</summary>
    /// <value><c>null</c>: <see cref="WholeTemplates"/>.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DeviceCache { get; init; }

    /// <summary>Which templates leave device memory, host memory or disk first: one of <see cref="EvictionPolicies.Names"/>.</summary>
    /// <value><c>lru</c>.</value>
    public string Eviction { get; init; } = LeastRecentlyUsedEviction.PolicyName;

    /// <summary>Bandwidth of host memory that the devices' loads and all fetches share, bytes/s, or <c>null</c>.</summary>
    public double? MemoryBytesPerSecond { get; init; }

    /// <summary>Bandwidth of the disk, bytes/s.</summary>
    /// <value>0.43e9: 2.58 GiB in 6.4 s (FlashPS, EuroSys '26, section 4.2).</value>
    public double DiskBytesPerSecond { get; init; } = 0.43e9;

    /// <summary>Bandwidth of the host's network, bytes/s, or <c>null</c>.</summary>
    public double? NetworkBytesPerSecond { get; init; }

    /// <summary>Latency of the network.</summary>
    /// <value>Zero.</value>
    public TimeSpan NetworkLatency { get; init; }

    /// <summary>Hosts that store templates' caches for the fleet; templates are spread over them by number. 0: there is no store, and what leaves a host's memory and disk is recorded anew.</summary>
    /// <value>1.</value>
    public int CacheHosts { get; init; } = 1;

    /// <summary>Bandwidth of each cache host's network, bytes/s, or <c>null</c>.</summary>
    public double? CacheHostBytesPerSecond { get; init; }

    /// <summary>Links to the fleet's other hosts, or <c>null</c>: hosts do not fetch from each other.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PeerOptions? Peers { get; init; }

    /// <summary>Size of the model's weights, bytes, which a worker that is turned on loads before it takes requests; 0: that takes no time.</summary>
    /// <remarks>
    /// The first worker of a host to do so reads them into host memory, where they stay beside the templates' caches; others of the host wait for that, or find them
    /// there. Each then moves them over its own link. Device memory for them is not counted, and predictive scaling, which orders ahead, does not know how long it takes.
    /// </remarks>
    public long ModelBytes { get; init; }

    /// <summary>Where a host reads the weights: <see cref="FromDisk"/> or <see cref="FromNetwork"/>.</summary>
    /// <value><see cref="FromDisk"/>.</value>
    public string ModelFrom { get; init; } = FromDisk;

    /// <summary>Whether what a request needs is fetched while it waits.</summary>
    /// <value><c>true</c>.</value>
    public bool Prefetch { get; init; } = true;
}
