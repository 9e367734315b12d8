using System.Runtime.InteropServices;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.Policies;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>What the paper measured on its GPUs, measured on this machine's processor with our own small Flux model: ours alone, held against nothing.</summary>
internal sealed class MeasuredRows : IDisposable
{
    private const int Steps = 8;
    private const int Scenes = 4;
    private const int Repetitions = 3;
    private const double ShownRatio = 0.2;

    private static readonly double[] Ratios = [0.1, 0.2, 0.35, 0.5, 0.7, 0.9];

    private readonly FluxModel _model;
    private readonly TemplateRecording[] _recordings;
    private readonly CancellationToken _cancellation;

    private MeasuredRows(string folder, CancellationToken cancellation)
    {
        LibTorch.Load();
        _cancellation = cancellation;
        _model = FluxFolder.Open(FluxFolder.Read(folder), 0);
        var source = new SceneSource(1, SceneSplit.HeldOut);
        _recordings = [.. Enumerable.Range(0, Scenes).Select(scene => Record(new EditTemplate(ScenePainter.Paint(source[scene]), source[scene].Caption, 11 + scene)))];
    }

    public static void Add(MeasurementBook book, string folder, CancellationToken cancellation)
    {
        using var measured = new MeasuredRows(folder, cancellation);
        measured.AddTimes(book);
        measured.AddQuality(book);
        measured.AddActivations(book);
    }

    public void Dispose()
    {
        Array.ForEach(_recordings, static recording => recording.Dispose());
        _model.Dispose();
    }

    private TemplateRecording Record(EditTemplate template) => new TemplateRecorder(_model).Record(template, Steps, cancel: _cancellation);

    private void AddTimes(MeasurementBook book)
    {
        var shape = _model.Config.ToShape();
        var full = Seconds(BlockMode.Plain, 1);
        double[] seconds = [.. Ratios.Select(ratio => Seconds(BlockMode.Cached, ratio))];
        double[] flops = [.. Ratios.Select(ratio => (double)shape.MaskedStepFlops((int)Math.Round(ratio * shape.Grid.Count)))];
        book.Add("cpu.fig15.speedup", full / seconds[Array.IndexOf(Ratios, ShownRatio)]);
        book.Add("cpu.fig15.linear", Line.Through(Ratios, seconds).R2);
        book.Add("cpu.fig11", Line.Through(flops, seconds).R2);
        book.Add(new LineChart
        {
            Title = "Latency by mask ratio, our model on this machine",
            Note = "models/demo-flux, eight steps, batch size 1, without encoding and decoding.",
            XAxis = new ChartAxis("mask ratio"),
            YAxis = new ChartAxis("latency of an image", "s"),
            Series = [new ChartSeries { Name = "cached", Points = [.. Ratios.Zip(seconds, static (ratio, time) => new ChartPoint(ratio, time))] }],
            YThresholds = [new ChartThreshold(full, "everything computed")],
        });
    }

    // The least of several: what else runs on the machine only adds.
    private double Seconds(BlockMode mode, double ratio)
    {
        Finish(0, ratio, mode, 0).Dispose();
        var clock = new WallClock();
        return Enumerable.Range(0, Repetitions).Min(_ =>
        {
            var start = clock.Now;
            Finish(0, ratio, mode, 0).Dispose();
            return (clock.Now - start).TotalSeconds;
        });
    }

    private void AddQuality(MeasurementBook book)
    {
        double Mean(double ratio) => Enumerable.Range(0, Scenes).Average(scene => Similarity(scene, ratio));
        book.Add("cpu.ssim", Mean(ShownRatio), finding: FormattableString.Invariant($"At mask ratio 0.1 {Mean(0.1):0.000}, at 0.5 {Mean(0.5):0.000}."));
    }

    private double Similarity(int scene, double ratio)
    {
        using var cached = Finish(scene, ratio, BlockMode.Cached, 1);
        using var full = Finish(scene, ratio, BlockMode.Plain, 1);
        return ImageQuality.Ssim(cached.ToImage(), full.ToImage());
    }

    // An edit of a template and the template itself, each as a recording: the same noise, images that differ within the mask.
    private void AddActivations(MeasurementBook book)
    {
        var (unmasked, masked) = (new List<double>(), new List<double>());
        for (var scene = 0; scene < Scenes; scene++)
        {
            using var edit = Finish(scene, ShownRatio, BlockMode.Plain, 2);
            using var recording = Record(_recordings[scene].Template with { Image = edit.ToImage(), Prompt = edit.Request.Prompt });
            for (var block = 0; block < _model.Config.Transformer.Blocks; block++)
            {
                unmasked.AddRange(edit.Request.Mask.Tokens(masked: false).Select(token => Cosine(_recordings[scene], recording, block, token)));
                masked.AddRange(edit.Request.Mask.Tokens(masked: true).Select(token => Cosine(_recordings[scene], recording, block, token)));
            }
        }

        book.Add("cpu.fig6.unmasked", unmasked.Average());
        book.Add("cpu.fig6.masked", masked.Average());
    }

    // In the middle of denoising.
    private static double Cosine(TemplateRecording left, TemplateRecording right, int block, int token)
    {
        var a = Row(left, block, token);
        var b = Row(right, block, token);
        var (dot, squareA, squareB) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            squareA += (double)a[i] * a[i];
            squareB += (double)b[i] * b[i];
        }

        return dot / Math.Sqrt(squareA * squareB);
    }

    private static ReadOnlySpan<float> Row(TemplateRecording recording, int block, int token) =>
        MemoryMarshal.Cast<byte, float>(recording.RowOf(Steps / 2, block, token));

    private EditState Finish(int scene, double ratio, BlockMode mode, long seed)
    {
        _cancellation.ThrowIfCancellationRequested();
        var grid = _model.Config.Grid;
        var edit = _model.Begin(_recordings[scene], new Request
        {
            Id = new RequestId(0),
            ArrivesAt = default,
            Template = default,
            Mask = Square(grid, ratio),
            Steps = Steps,
            Prompt = "a large green star on a grass background",
            Seed = seed,
        });
        BlockMode[] modes = [.. Enumerable.Repeat(mode, _model.Config.Transformer.Blocks)];
        while (!edit.IsFinished)
        {
            using var rows = new DirectTemplateRows([edit]);
            new StepExecutor(_model).Run([edit], modes, rows);
        }

        return edit;
    }

    // The tokens nearest to the middle.
    private static EditMask Square(TokenGrid grid, double ratio) => EditMask.FromTokens(grid, [.. Enumerable.Range(0, grid.Count)
        .OrderBy(token => Math.Max(Math.Abs((token % grid.Columns) - ((grid.Columns - 1) / 2.0)), Math.Abs((token / grid.Columns) - ((grid.Rows - 1) / 2.0))))
        .ThenBy(static token => token)
        .Take(Math.Max(1, (int)Math.Round(ratio * grid.Count)))]);
}
