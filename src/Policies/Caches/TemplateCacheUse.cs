namespace SimServe.Policies.Caches;

/// <summary>What happened to templates' caches in a run: where requests found them, and where hosts fetched them from.</summary>
public sealed record TemplateCacheUse
{
    /// <summary>Requests that joined a batch with their template in the device's memory.</summary>
    public long DeviceHits { get; init; }

    /// <summary>Requests that joined with a copy in host memory only, while devices keep templates.</summary>
    public long DeviceMisses { get; init; }

    /// <summary>Templates that left a device's memory for others.</summary>
    public long DeviceEvictions { get; init; }

    /// <summary>Templates that hosts fetched from their disks.</summary>
    public long DiskFetches { get; init; }

    /// <summary>Templates that hosts fetched from the memory of other hosts.</summary>
    public long PeerFetches { get; init; }

    /// <summary>Templates that hosts fetched from the store.</summary>
    public long StoreFetches { get; init; }

    /// <summary>Templates that left host memory for others.</summary>
    public long HostEvictions { get; init; }

    /// <summary>Requests that joined a batch and used a copy in host memory, for which some of them had to wait.</summary>
    public long HostUses { get; init; }

    /// <summary>Times a batch waited for a template: to be fetched, or recorded.</summary>
    public long HostWaits { get; init; }

    /// <summary>Templates recorded in the course of the run, one that was lost twice.</summary>
    public long Recordings { get; init; }

    /// <summary>Bytes of templates' caches that hosts fetched, from disks, peers and the store.</summary>
    public long BytesFetched { get; init; }

    /// <summary>Files of templates' caches that were found torn, altered or another's and made anew; only real runs have files.</summary>
    public long RebuiltFiles { get; init; }

    /// <summary>What happened after an earlier count of the same run.</summary>
    /// <param name="earlier">The earlier count.</param>
    public TemplateCacheUse Since(TemplateCacheUse earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return new TemplateCacheUse
        {
            DeviceHits = DeviceHits - earlier.DeviceHits,
            DeviceMisses = DeviceMisses - earlier.DeviceMisses,
            DeviceEvictions = DeviceEvictions - earlier.DeviceEvictions,
            DiskFetches = DiskFetches - earlier.DiskFetches,
            PeerFetches = PeerFetches - earlier.PeerFetches,
            StoreFetches = StoreFetches - earlier.StoreFetches,
            HostEvictions = HostEvictions - earlier.HostEvictions,
            HostUses = HostUses - earlier.HostUses,
            HostWaits = HostWaits - earlier.HostWaits,
            Recordings = Recordings - earlier.Recordings,
            BytesFetched = BytesFetched - earlier.BytesFetched,
            RebuiltFiles = RebuiltFiles - earlier.RebuiltFiles,
        };
    }

    /// <summary>What happened here and elsewhere.</summary>
    /// <param name="other">What happened elsewhere.</param>
    public TemplateCacheUse Plus(TemplateCacheUse other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new TemplateCacheUse
        {
            DeviceHits = DeviceHits + other.DeviceHits,
            DeviceMisses = DeviceMisses + other.DeviceMisses,
            DeviceEvictions = DeviceEvictions + other.DeviceEvictions,
            DiskFetches = DiskFetches + other.DiskFetches,
            PeerFetches = PeerFetches + other.PeerFetches,
            StoreFetches = StoreFetches + other.StoreFetches,
            HostEvictions = HostEvictions + other.HostEvictions,
            HostUses = HostUses + other.HostUses,
            HostWaits = HostWaits + other.HostWaits,
            Recordings = Recordings + other.Recordings,
            BytesFetched = BytesFetched + other.BytesFetched,
            RebuiltFiles = RebuiltFiles + other.RebuiltFiles,
        };
    }
}
