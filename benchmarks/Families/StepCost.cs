using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.Masking.Denoisers.UNets;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Schedulers;
using SimServe.Policies;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.Benchmarks.Families;

/// <summary>A UNet with a template of noise, and edits of it: what a step computes, by operations and by time.</summary>
internal sealed class StepCost : IDisposable
{
    private const string Scheduler = """{ "_class_name": "DDIMScheduler", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "clip_sample": false }""";

    private readonly UNet2DConditionModel _model;
    private readonly MaskedUNet _denoiser;
    private readonly LatentRecording _recording;
    private readonly TokenGrid _grid;
    private readonly int _steps;
    private readonly int _text;

    public StepCost(UNet2DConditionModel model, int side, int text, int steps)
    {
        (_model, _denoiser, _grid, _steps, _text) = (model, new MaskedUNet(model), new TokenGrid(side, side, 8), steps, text);
        using var scheduler = Start();
        _recording = new LatentRecorder(_denoiser, new RecordingOptions(Maps: true)).Record(
            new LatentTemplate { Image = Noise(1), Noise = Noise(2), Branches = Branches(1), Guidance = 4 }, scheduler);
    }

    public long RecordedBytes => _recording.Bytes;

    /// <summary>Operations of a step of one edit.</summary>
    public long Flops(EditMask mask, ReuseModes? modes)
    {
        using var edit = Edit(mask, 3);
        using var meter = OperationMeter.Begin();
        new LatentStepExecutor(_denoiser).Run([edit], modes);
        return meter.Flops;
    }

    /// <summary>Seconds of each step of a batch.</summary>
    public List<double> Times(EditMask mask, ReuseModes? modes, int batch)
    {
        LatentEdit[] edits = [.. Enumerable.Range(0, batch).Select(member => Edit(mask, 3 + member))];
        var executor = new LatentStepExecutor(_denoiser);
        List<double> times = [];
        while (!edits[0].IsFinished)
        {
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            executor.Run(edits, modes);
            times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        Array.ForEach(edits, static edit => edit.Dispose());
        return times;
    }

    /// <summary>A rectangle in the middle, about so much of the whole.</summary>
    public EditMask Rectangle(double ratio) => Rectangle(_grid, ratio);

    /// <summary>The same of any grid.</summary>
    public static EditMask Rectangle(TokenGrid grid, double ratio)
    {
        var width = (int)Math.Round(Math.Sqrt(ratio) * grid.Columns);
        var height = (int)Math.Round(ratio * grid.Count / width);
        var (left, top) = ((grid.Columns - width) / 2, (grid.Rows - height) / 2);
        return EditMask.FromTokens(grid, [.. Enumerable.Range(0, width * height).Select(i => ((top + (i / width)) * grid.Columns) + left + (i % width))]);
    }

    public void Dispose()
    {
        _recording.Dispose();
        _model.Dispose();
    }

    private LatentEdit Edit(EditMask mask, int seed) => new(
        _recording, new LatentEditRequest { Mask = mask, Branches = Branches(seed), Guidance = 4, Noise = Noise(seed) }, Start());

    private INoiseScheduler Start()
    {
        var scheduler = NoiseSchedulerFactory.Create(Scheduler, "scheduler_config.json");
        scheduler.SetSteps(new SchedulerSteps(_steps));
        return scheduler;
    }

    private Tensor Noise(int seed) => randn([1, 4, _grid.Rows, _grid.Columns], generator: new Generator((ulong)seed, CPU));

    private DenoiserCondition[] Branches(int seed) =>
    [
        .. Enumerable.Range(0, 2).Select(branch => new DenoiserCondition
        {
            Text = randn([1, _text, _model.Config.Encoder.TextWidth], generator: new Generator((ulong)(branch == 0 ? 0 : seed), CPU)),
        }),
    ];
}
