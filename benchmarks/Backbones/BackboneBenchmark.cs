using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace SimServe.Benchmarks.Backbones;

/// <summary>How long does a forward pass of a U-Net take with each optimisation on its own, and with all?</summary>
/// <remarks>Stable Diffusion 1.5's structure at a fifth of its width, 32x32 latents, all processors. On a machine that others use compare ways by <see cref="BackboneStudy"/>, which runs them in turns.</remarks>
[MinColumn]
[MedianColumn]
public class BackboneBenchmark
{
    private BackboneCase _case = null!;

    /// <summary>Forward passes at once: 2 is one image under guidance.</summary>
    [Params(1, 2)]
    public int Batch { get; set; }

    [ParamsSource(nameof(Ways))]
    public string Way { get; set; } = BackboneCase.Plain;

    public static IEnumerable<string> Ways => BackboneCase.Ways;

    [GlobalSetup]
    public void Open() => _case = new BackboneCase(Way, Batch);

    [GlobalCleanup]
    public void Close() => _case.Dispose();

    [Benchmark]
    public void Forward()
    {
        using var mode = inference_mode();
        using var output = _case.Forward();
    }
}
