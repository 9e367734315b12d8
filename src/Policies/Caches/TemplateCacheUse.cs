namespace SimServe.Policies.Caches;

/// <summary>What happened to templates' caches in a run: where requests found them, and where hosts fetched them from.</summary>
public sealed record TemplateCacheUse
{
    /// <summary>Requests that joined a batch with their template in the device's memory.</summary>
    public required long DeviceHits { get; init; }

    /// <summary>Requests that joined with a copy in host memory only, while devices keep templates.</summary>
    public required long DeviceMisses { get; init; }

    /// <summary>Templates that left a device's memory for others.</summary>
    public required long DeviceEvictions { get; init; }

    /// <summary>Templates that hosts fetched from their disks.</summary>
    public required long DiskFetches { get; init; }

    /// <summary>Templates that hosts fetched from the memory of other hosts.</summary>
    public required long PeerFetches { get; init; }

    /// <summary>Templates that hosts fetched from the store.</summary>
    public required long StoreFetches { get; init; }

    /// <summary>Templates that left host memory for others.</summary>
    public required long HostEvictions { get; init; }
}
