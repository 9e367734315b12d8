using System.Globalization;
using SimServe.Policies.Caches;

namespace SimServe.Cli.Reports;

/// <summary>What happened to templates' caches in a line.</summary>
internal static class CacheWords
{
    public static string Of(TemplateCacheUse caches) => caches.DeviceHits + caches.DeviceMisses > 0 ? InDevices(caches) : InHosts(caches);

    // Without devices' own memory: how often batches waited, of all who used host memory, and where templates came from.
    private static string InHosts(TemplateCacheUse caches)
    {
        var rebuilt = caches.RebuiltFiles == 0 ? "" : $"; {caches.RebuiltFiles} spoilt files were made anew";
        return string.Create(CultureInfo.InvariantCulture, $"{HitRate(caches):0.0%} of {caches.HostUses} requests needed no wait for their template; hosts fetched {caches.DiskFetches} from disk, {caches.PeerFetches} from peers, {caches.StoreFetches} from the store ")
            + string.Create(CultureInfo.InvariantCulture, $"({caches.BytesFetched / 1e6:0.#} MB), evicted {caches.HostEvictions} and recorded {caches.Recordings}{rebuilt}");
    }

    // A batch that waits, waits for one template.
    public static double HitRate(TemplateCacheUse caches) => 1 - ((double)caches.HostWaits / Math.Max(1, caches.HostUses));

    private static string InDevices(TemplateCacheUse caches) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(double)caches.DeviceHits / (caches.DeviceHits + caches.DeviceMisses):0.0%} of the requests found their template in device memory; hosts fetched {caches.DiskFetches} from disk, {caches.PeerFetches} from peers, {caches.StoreFetches} from the store");
}
