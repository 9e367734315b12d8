using static SimServe.Simulator.Catalogue.CatalogueSources;

namespace SimServe.Simulator.Catalogue;

// GPUs of the Hopper family. Peaks are without sparsity.
internal static class HopperDevices
{
    private const string Sheet100 = "NVIDIA H100 data sheet, SXM5";
    private const string Sheet200 = "NVIDIA H200 data sheet, SXM5";
    private const string Like100 = "NVIDIA publishes no data sheet of the H800: as the H100, of which it is the version with slower NVLink and FP64";

    public static DeviceEntry H100 { get; } = new()
    {
        Name = "H100",
        Title = "NVIDIA H100 80 GB SXM5",
        PeakFlopsPerSecond = new(989e12, Sheet100),
        MemoryBytes = new(80e9, Sheet100),
        MemoryBytesPerSecond = new(3.35e12, Sheet100),
        HostLink = Fifth,
        LinkBytesPerSecond = FifthLink,
        LoadWatts = new(700, Sheet100),
        IdleWatts = Idle(700),
        Prices =
        [
            new(Pricing.OnDemand, new(3.20, Hyperstack), HyperstackRead),
            new(Pricing.Reserved, new(2.72, $"{Hyperstack}, from, long-term reservation"), HyperstackRead),
            new(Pricing.Spot, new(2.46, "CoreWeave, coreweave.com/pricing, HGX H100 spot, North America: 19.71 for eight"), new(2026, 9, 20)),
        ],
        Anchors = HopperLatencies.H100Anchors,
        Checks = HopperLatencies.H100Checks,
    };

    public static DeviceEntry H200 { get; } = new()
    {
        Name = "H200",
        Title = "NVIDIA H200 141 GB SXM5",
        PeakFlopsPerSecond = new(989e12, Sheet200),
        MemoryBytes = new(141e9, Sheet200),
        MemoryBytesPerSecond = new(4.8e12, Sheet200),
        HostLink = Fifth,
        LinkBytesPerSecond = FifthLink,
        LoadWatts = new(700, Sheet200),
        IdleWatts = Idle(700),
        Prices =
        [
            new(Pricing.OnDemand, new(3.99, Hyperstack), HyperstackRead),
            new(Pricing.Reserved, new(2.79, $"{Hyperstack}, from, long-term reservation"), HyperstackRead),
            new(Pricing.Spot, new(3.32, "AWS p5en.48xlarge spot, us-east-2: 26.57 for eight (github.com/dstackai/dstack/pull/4110)"), new(2026, 8, 6)),
        ],
        Similar = new("H100", "the same chip with more and faster memory, which this model of compute-bound blocks does not see"),
    };

    public static DeviceEntry H800 { get; } = new()
    {
        Name = "H800",
        Title = "NVIDIA H800 80 GB SXM5",
        PeakFlopsPerSecond = Sourced.Assumed(989e12, Like100),
        MemoryBytes = Sourced.Assumed(80e9, Like100),
        MemoryBytesPerSecond = Sourced.Assumed(3.35e12, Like100),
        HostLink = Fifth,
        LinkBytesPerSecond = FifthLink,
        LoadWatts = Sourced.Assumed(700, Like100),
        IdleWatts = Idle(700),
        Prices =
        [
            new(Pricing.OnDemand, Sourced.Assumed(3.20, "no list price found: as the H100"), HyperstackRead),
            new(Pricing.Reserved, Sourced.Assumed(2.72, "no list price found: as the H100"), HyperstackRead),
            new(Pricing.Spot, Sourced.Assumed(2.46, "no list price found: as the H100"), new(2026, 9, 20)),
        ],
        Anchors = HopperLatencies.H800Anchors,
        Checks = HopperLatencies.H800Checks,
        Similar = new("H100", "the same chip with slower NVLink and FP64, which an image on one GPU does not use"),
    };
}
