using static SimServe.Simulator.Catalogue.CatalogueSources;

namespace SimServe.Simulator.Catalogue;

// GPUs of the Ada Lovelace family. Peaks are without sparsity.
internal static class AdaDevices
{
    private const string Sheet = "NVIDIA L40S data sheet";

    private static readonly DateOnly RunPodRead = new(2026, 9, 25);

    public static DeviceEntry L40S { get; } = new()
    {
        Name = "L40S",
        Title = "NVIDIA L40S 48 GB",
        PeakFlopsPerSecond = new(362e12, Sheet),
        MemoryBytes = new(48e9, Sheet),
        MemoryBytesPerSecond = new(864e9, Sheet),
        HostLink = Fourth,
        LinkBytesPerSecond = FourthLink,
        LoadWatts = new(350, Sheet),
        IdleWatts = Idle(350),
        Prices =
        [
            new(Pricing.OnDemand, new(1.09, "RunPod, runpod.io/pricing, Secure Cloud"), RunPodRead),
            new(Pricing.Reserved, Sourced.Assumed(0.93, "none found: 85 % of on-demand, as Hyperstack takes for H100 and A100 SXM"), RunPodRead),
            new(Pricing.Spot, new(0.94, "Verda, verda.com/pricing, spot instance"), new(2026, 10, 29)),
        ],
        Anchors =
        [
            LatencyRecords.Image(
                "flux-dev", 512, 50, 8.71, "Pruna, diffusers",
                "Pruna, comparison of torch.compile, TensorRT and Pruna, February 2025, diffusers as it is"),
        ],
    };
}
