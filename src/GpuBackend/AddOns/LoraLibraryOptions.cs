using SimServe.Policies.Caches;

namespace SimServe.GpuBackend.AddOns;

/// <summary>What a library of LoRAs keeps.</summary>
public sealed record LoraLibraryOptions
{
    /// <summary>Bytes of host memory for the matrices of LoRAs that were read; 0 or more.</summary>
    /// <value>0: nothing is kept, and every load maps the file anew, which the system may still have in memory.</value>
    public long HostBytes { get; init; }

    /// <summary>Which LoRA leaves that memory first: one of <see cref="EvictionPolicies.Names"/>.</summary>
    /// <value><c>lru</c>.</value>
    public string Eviction { get; init; } = LeastRecentlyUsedEviction.PolicyName;

    /// <summary>Bandwidth of the storage that LoRAs come from, bytes/s, above 0: a load that reads a file takes at least as long as its bytes over it.</summary>
    /// <value><c>null</c>: as fast as the file system is.</value>
    public double? BytesPerSecond { get; init; }
}
