using SimServe.Policies.Caches;

namespace SimServe.Simulator.Fleets;

/// <summary>What ControlNets and LoRAs cost to have.</summary>
/// <remarks>
/// Adapters come from remote storage over the host's network into host memory, and from there into device memory over the device's link. LoRAs are merged into
/// the weights by their device when the batch changes to other ones. What is in use stays in device memory beyond its bounds: bounds are for what is kept for later.
/// Sizes and times: Katz (ATC '25), sections 1, 3 and 6.
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

    /// <summary>Device memory for LoRAs that are not merged, bytes; the least recently used leaves first. 0 keeps those in use only.</summary>
    /// <value>Three LoRAs.</value>
    public long LoraDeviceBytes { get; init; } = 1L << 30;

    /// <summary>Host memory for adapters, bytes; 0: none.</summary>
    public long HostBytes { get; init; }

    /// <summary>Which adapters leave host memory first: one of <see cref="EvictionPolicies.Names"/>.</summary>
    /// <value><c>lru</c>.</value>
    public string Eviction { get; init; } = LeastRecentlyUsedEviction.PolicyName;

    /// <summary>Time to merge a LoRA into the weights.</summary>
    /// <value>0.1 s: an assumption for merging in place; the stock path takes about 2 s.</value>
    public TimeSpan Patch { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Time to take a LoRA out of the weights.</summary>
    /// <value>0.1 s.</value>
    public TimeSpan Unpatch { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How much longer a step takes for a batch in which every request has one LoRA beside the weights: a share of the step's time, 0 or more.</summary>
    /// <value>0.05: an assumption; nobody has published it for diffusion models.</value>
    public double UnmergedShare { get; init; } = 0.05;

    /// <summary>Share of LoRAs that change text encoders too, 0 to 1: prompts of their requests are encoded when they have been fetched.</summary>
    /// <value>0.</value>
    public double TextEncoderShare { get; init; }

    /// <summary>Bandwidth of the storage that adapters come from to a host, bytes/s, above 0.</summary>
    /// <value><c>null</c>: the host's network.</value>
    public double? BytesPerSecond { get; init; }

    /// <summary>Time that a worker takes to make ready a LoRA that has come, beside its steps; to put it into effect takes <see cref="Patch"/> then.</summary>
    /// <value>Zero.</value>
    public TimeSpan LoraPreparation { get; init; }

    /// <summary>Where the times of loads from remote storage come from: <see cref="ByNetwork"/>, or <see cref="Measured"/>.</summary>
    /// <value><c>network</c>.</value>
    public string RemoteLoads { get; init; } = ByNetwork;

    /// <summary>Loads take what their bytes take over the host's network.</summary>
    public const string ByNetwork = "network";

    /// <summary>Loads take what those of a production fleet took, drawn from <see cref="Workloads.LoadLatencies"/>.</summary>
    public const string Measured = "gentd26";

    /// <summary>Whether a LoRA changes text encoders too: the same answer for a number every time.</summary>
    /// <param name="lora">Number of the LoRA.</param>
    public bool ChangesText(int lora) => TextEncoderShare > 0 && unchecked((uint)lora * 2654435769u) / 4294967296.0 < TextEncoderShare;
}
