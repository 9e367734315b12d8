using SimServe.Policies.Caches;

namespace SimServe.Simulator.Fleets;

/// <summary>What ControlNets and LoRAs cost to have. Their share of the computation is not priced.</summary>
/// <remarks>
/// Adapters come from remote storage over the host's network into host memory, ControlNets from there into device memory over the device's link. A
/// LoRA is patched into the weights by its device when the batch changes to other LoRAs. Sizes and times: Katz (ATC '25), sections 1, 3 and 6.
/// </remarks>
public sealed record AdapterOptions
{
    /// <summary>Size of a ControlNet, bytes.</summary>
    /// <value>3 GiB.</value>
    public long ControlNetBytes { get; init; } = 3L << 30;

    /// <summary>Size of a LoRA, bytes.</summary>
    /// <value>340,459,520.</value>
    public long LoraBytes { get; init; } = 340_459_520;

    /// <summary>Device memory for ControlNets, bytes, at least one ControlNet; the least recently used leaves first.</summary>
    /// <value>Five ControlNets.</value>
    public long DeviceBytes { get; init; } = 15L << 30;

    /// <summary>Host memory for adapters, bytes; 0: none.</summary>
    public long HostBytes { get; init; }

    /// <summary>Which adapters leave host memory first: one of <see cref="EvictionPolicies.Names"/>.</summary>
    /// <value><c>lru</c>.</value>
    public string Eviction { get; init; } = LeastRecentlyUsedEviction.PolicyName;

    /// <summary>Time to patch a LoRA into the weights, or out of them.</summary>
    /// <value>0.1 s: an assumption for patching in place; the stock path takes about 2 s.</value>
    public TimeSpan Patch { get; init; } = TimeSpan.FromMilliseconds(100);
}
