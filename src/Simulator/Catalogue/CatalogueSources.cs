namespace SimServe.Simulator.Catalogue;

// Sources that several devices share.
internal static class CatalogueSources
{
    public const string Hyperstack = "Hyperstack, hyperstack.cloud/gpu-pricing";
    public const string Fifth = "PCIe 5.0 x16";
    public const string Fourth = "PCIe 4.0 x16";

    public const string BenchmarkFlux = "varadrane1707/BenchmarkFlux README, diffusers";
    public const string OneDiffSd3 = "onediff, examples/sd3/README.md, on an H800 NVL";

    // Its earlier table of the base model alone, 40 steps without decoding, has the same times for a step on A100 and H100.
    public const string StabilityXl = "stabilityai/stable-diffusion-xl-1.0-tensorrt model card, 30 steps, read as those of the base model";

    private const string IdleShare = "15 % of the board's limit, the usual figure (nemulai.com, GPU electricity cost per training run, June 2026)";

    public static readonly DateOnly HyperstackRead = new(2026, 8, 26);

    // Pinned copies reach about four fifths of what the link carries in one direction.
    public static Sourced FifthLink { get; } = Sourced.Assumed(50e9, "pinned copies reach 50 of the 64 GB/s of PCIe 5.0 x16");

    public static Sourced FourthLink { get; } = Sourced.Assumed(25e9, "pinned copies reach 25 of the 32 GB/s of PCIe 4.0 x16");

    public static Sourced Idle(double loadWatts) => Sourced.Assumed(0.15 * loadWatts, IdleShare);
}
