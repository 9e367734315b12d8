using static SimServe.Simulator.Catalogue.CatalogueSources;
using static SimServe.Simulator.Catalogue.LatencyRecords;

namespace SimServe.Simulator.Catalogue;

// What was published of GPUs of the Ampere family. Anchors are of plain PyTorch, end to end, as new as there is; what was measured otherwise checks them.
internal static class AmpereLatencies
{
    private const string Fal = "fal-ai/stable-diffusion-benchmarks README, A100 80 GB SXM, fp16";
    private const string StableFast = "stable-fast README, A100, PyTorch";
    private const string OneDiff = "onediff README, PyTorch, on an A800, which computes as the A100";
    private const string Alexeigor = "alexeigor/sd-benchmarks README, A100 40 GB SXM4, which computes as the one of 80 GB, fp16, 50 iterations";

    public static IReadOnlyList<PublishedLatency> A100Anchors { get; } =
    [
        Image("sd15", 512, 50, 1.591, "fal, diffusers", $"{Fal}, diffusers with PyTorch 2.1 and SDPA"),
        Rate("sd21", 768, 23.8, "onediff's PyTorch", OneDiff),
        Image("sdxl", 1024, 30, 3.31, "diffusers", "diffusers, fast diffusion tutorial, bf16 with SDPA, A100 80 GB"),
        Image("flux-dev", 1024, 28, 15.65, "BenchmarkFlux, diffusers", $"{BenchmarkFlux}, A100, bf16"),
        Image(
            "sd3-medium", 1024, 50, 5.622, "Stability AI, TensorRT",
            "stabilityai/stable-diffusion-3-medium-tensorrt model card, A100, TensorRT 10.1; no plain PyTorch is cited"),
    ];

    public static IReadOnlyList<PublishedLatency> A100Checks { get; } =
    [
        Rate("sd15", 512, 35.6, "stable-fast's PyTorch", StableFast),
        Image("sd15", 512, 50, 0.819, "fal, TensorRT", $"{Fal}, TensorRT 9.0"),
        Image("sd15", 512, 50, 1.96, "alexeigor, PyTorch", $"{Alexeigor}, PyTorch 2.0"),
        Image("sd21", 512, 50, 0.90, "alexeigor, TensorRT", $"{Alexeigor}, TensorRT 8.6.1"),
        Image("sdxl", 1024, 30, 3.704, "Stability AI, unoptimised", $"{StabilityXl}, A100, baseline"),
        Image("sdxl", 1024, 30, 2.742, "Stability AI, TensorRT", $"{StabilityXl}, A100, TensorRT"),
        Image("sdxl", 1024, 50, 5.933, "fal, diffusers", $"{Fal}, diffusers with PyTorch 2.1 and SDPA"),
        Rate("sdxl", 1024, 8.7, "stable-fast's PyTorch", StableFast),
        Rate("sdxl", 1024, 9.92, "onediff's PyTorch", OneDiff),
        Image("flux-dev", 1024, 50, 23, "DiffSynth", "DiffSynth documentation of TeaCache, FLUX.1-dev without it, A100, in whole seconds"),
        Image("flux-schnell", 2048, 4, 10, "xDiT", "xDiT, docs/performance/flux.md, one A100, approximately"),
    ];

    public static IReadOnlyList<PublishedLatency> A10Anchors { get; } =
    [
        Image("sdxl", 1024, 30, 9.399, "Stability AI, unoptimised", $"{StabilityXl}, A10, baseline"),
    ];

    public static IReadOnlyList<PublishedLatency> A10Checks { get; } =
    [
        Image("sdxl", 1024, 30, 8.160, "Stability AI, TensorRT", $"{StabilityXl}, A10, TensorRT"),
    ];
}
