using BenchmarkDotNet.Attributes;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;
using TorchSharp;

namespace SimServe.Benchmarks;

/// <summary>What does one denoising step of the nano model cost with and without reuse, on one processor thread?</summary>
/// <remarks>An edit has as many steps as one iteration has calls; each iteration starts a new one.</remarks>
[InvocationCount(Steps, unrollFactor: 1)]
public class MaskedStepBenchmark
{
    private const int Steps = 20;

    private readonly BlockMode[] _plain = [.. Enumerable.Repeat(BlockMode.Plain, FluxConfig.Nano.Transformer.Blocks)];
    private readonly BlockMode[] _cached = [.. Enumerable.Repeat(BlockMode.Cached, FluxConfig.Nano.Transformer.Blocks)];
    private FluxModel _model = null!;
    private StepExecutor _executor = null!;
    private TemplateRecording _recording = null!;
    private FluxEdit _edit = null!;
    private DirectTemplateRows _rows = null!;

    [Params(0.1, 0.2, 0.5)]
    public double Ratio { get; set; }

    [GlobalSetup]
    public void Record()
    {
        var pixels = new byte[3 * FluxConfig.Nano.Grid.Width * FluxConfig.Nano.Grid.Height];
        new RandomStream(1, "picture").NextBytes(pixels);
        _model = new FluxModel(FluxConfig.Nano, seed: 1);
        torch.set_num_threads(1);
        _executor = new StepExecutor(_model);
        var image = new RgbImage(FluxConfig.Nano.Grid.Width, FluxConfig.Nano.Grid.Height, pixels);
        _recording = new TemplateRecorder(_model).Record(new EditTemplate(image, "a quiet harbour", 1), Steps);
    }

    [IterationSetup]
    public void Begin()
    {
        int[] tokens = [.. Enumerable.Range(0, (int)(Ratio * FluxConfig.Nano.Grid.Count))];
        var request = new Request
        {
            Id = default,
            ArrivesAt = default,
            Template = default,
            Mask = EditMask.FromTokens(FluxConfig.Nano.Grid, tokens),
            Steps = Steps,
            Prompt = "a red boat",
            Seed = 2,
        };
        _edit = new FluxEdit(_model, _recording, request);
        _rows = new DirectTemplateRows([_edit]);
    }

    [Benchmark(Baseline = true)]
    public int Full() => Step(_plain);

    [Benchmark]
    public int Masked() => Step(_cached);

    [IterationCleanup]
    public void End()
    {
        _rows.Dispose();
        _edit.Dispose();
    }

    [GlobalCleanup]
    public void Forget()
    {
        _recording.Dispose();
        _model.Dispose();
    }

    private int Step(BlockMode[] modes)
    {
        _executor.Run([_edit], modes, _rows);
        return _edit.Step;
    }
}
