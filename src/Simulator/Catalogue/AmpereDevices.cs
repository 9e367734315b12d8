using static SimServe.Simulator.Catalogue.CatalogueSources;

namespace SimServe.Simulator.Catalogue;

// GPUs of the Ampere family. Peaks are without sparsity.
internal static class AmpereDevices
{
    private const string Sheet100 = "NVIDIA A100 data sheet, 80 GB SXM4";
    private const string Sheet10 = "NVIDIA A10 data sheet";

    public static DeviceEntry A100 { get; } = new()
    {
        Name = "A100",
        Title = "NVIDIA A100 80 GB SXM4",
        PeakFlopsPerSecond = new(312e12, Sheet100),
        MemoryBytes = new(80e9, Sheet100),
        MemoryBytesPerSecond = new(2.039e12, Sheet100),
        HostLink = Fourth,
        LinkBytesPerSecond = FourthLink,
        LoadWatts = new(400, Sheet100),
        IdleWatts = Idle(400),
        Prices =
        [
            new(Pricing.OnDemand, new(1.60, Hyperstack), HyperstackRead),
            new(Pricing.Reserved, new(1.36, $"{Hyperstack}, from, long-term reservation"), HyperstackRead),
            new(Pricing.Spot, new(1.08, $"{Hyperstack}, of the PCIe version"), HyperstackRead),
        ],
        Anchors = AmpereLatencies.A100Anchors,
        Checks = AmpereLatencies.A100Checks,
    };

    public static DeviceEntry A10 { get; } = new()
    {
        Name = "A10",
        Title = "NVIDIA A10 24 GB",
        PeakFlopsPerSecond = new(125e12, Sheet10),
        MemoryBytes = new(24e9, Sheet10),
        MemoryBytesPerSecond = new(600e9, Sheet10),
        HostLink = Fourth,
        LinkBytesPerSecond = FourthLink,
        LoadWatts = new(150, Sheet10),
        IdleWatts = Idle(150),
        Prices =
        [
            new(Pricing.OnDemand, new(1.29, "Lambda, lambda.ai/pricing"), new(2026, 9, 25)),
            new(Pricing.Reserved, Sourced.Assumed(1.10, "none found: 85 % of on-demand, as Hyperstack takes for H100 and A100 SXM"), new(2026, 9, 25)),
            new(Pricing.Spot, new(0.50, "Azure retail prices, Standard_NV12ads_A10_v5 spot, centralus: 0.168 for a third of a GPU"), new(2026, 11, 18)),
        ],
        Anchors = AmpereLatencies.A10Anchors,
        Checks = AmpereLatencies.A10Checks,
    };
}
