using static SimServe.Simulator.Catalogue.CatalogueSources;
using static SimServe.Simulator.Catalogue.LatencyRecords;

namespace SimServe.Simulator.Catalogue;

// What was published of GPUs of the Hopper family. Anchors are of plain PyTorch, end to end, as new as there is; what was measured otherwise checks them.
internal static class HopperLatencies
{
    private const string CacheDit = "cache-dit README, baseline, one H100";
    private const string XDiT = "xDiT, docs/performance/flux.md, one H100";
    private const string OnnxRuntime = "onnxruntime pull request 22986, January 2025, one H100 80 GB HBM3, bf16";
    private const string StableFast = "stable-fast README, H100";
    private const string FlashPS =
        "FlashPS, EuroSys '26: 2.27 s with reuse at mask ratio 0.2 (section 3.1) times its gain of 1.9 there (figure 15); the section names neither model nor GPU, they fit Flux on H800";

    public static IReadOnlyList<PublishedLatency> H100Anchors { get; } =
    [
        Rate("sd15", 512, 54.5, "stable-fast's PyTorch", $"{StableFast}, PyTorch"),
        Image("sdxl", 1024, 30, 2.496, "Stability AI, unoptimised", $"{StabilityXl}, H100, baseline"),
        Image("flux-dev", 1024, 50, 9.30, "cache-dit's baseline", CacheDit),
        Image("flux-schnell", 1024, 4, 1.120, "ONNX Runtime's PyTorch, eager", $"{OnnxRuntime}, PyTorch 2.5.1, eager"),
        Image("sd35-large", 1024, 50, 11.615, "ONNX Runtime's PyTorch, eager", $"{OnnxRuntime}, PyTorch 2.5.1, eager"),
    ];

    public static IReadOnlyList<PublishedLatency> H100Checks { get; } =
    [
        Rate("sd15", 512, 104.6, "stable-fast", $"{StableFast}, compiled with stable-fast"),
        Image("sdxl", 1024, 30, 1.471, "Stability AI, TensorRT", $"{StabilityXl}, H100, TensorRT"),
        Rate("sdxl", 1024, 14.9, "stable-fast's PyTorch", $"{StableFast}, PyTorch"),
        Image("flux-dev", 1024, 28, 6.71, "xDiT, eager", $"{XDiT}, eager"),
        Image("flux-dev", 1024, 28, 4.30, "xDiT, compiled", $"{XDiT}, torch.compile"),
        Image("flux-dev", 1024, 28, 7.11, "BenchmarkFlux, diffusers", $"{BenchmarkFlux}, H100, bf16"),
        Image("flux-dev", 1024, 50, 12.339, "ONNX Runtime's PyTorch, eager", $"{OnnxRuntime}, PyTorch 2.5.1, eager"),
        Image("flux-dev", 1024, 50, 8.198, "ONNX Runtime's PyTorch, compiled", $"{OnnxRuntime}, PyTorch 2.5.1, torch.compile"),
        Image("flux-schnell", 1024, 4, 0.775, "ONNX Runtime's PyTorch, compiled", $"{OnnxRuntime}, PyTorch 2.5.1, torch.compile"),
        Image("sd35-large", 1024, 50, 7.466, "ONNX Runtime's PyTorch, compiled", $"{OnnxRuntime}, PyTorch 2.5.1, torch.compile"),
    ];

    public static IReadOnlyList<PublishedLatency> H800Anchors { get; } =
    [
        Image("sdxl", 1024, 50, 2.88, "Katz, Diffusers", "Katz, ATC '25, figure 14, Diffusers without add-ons, H800"),
        Image("flux-dev", 1024, 20, 4.31, "FlashPS, worked out", FlashPS),
        Image("sd3-medium", 1024, 28, 1.96, "onediff's PyTorch", $"{OneDiffSd3}, 29 June 2024, PyTorch"),
    ];

    public static IReadOnlyList<PublishedLatency> H800Checks { get; } =
    [
        Image("sd3-medium", 1024, 28, 2.03, "onediff's PyTorch, earlier", $"{OneDiffSd3}, 25 June 2024, PyTorch 2.3.0"),
        Image("sd3-medium", 1024, 28, 1.21, "onediff", $"{OneDiffSd3}, 25 June 2024, compiled with nexfort"),
    ];
}
