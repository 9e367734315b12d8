using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;

namespace SimServe.GpuBackend.Frontiers;

/// <summary>A worker of one cache format: it edits alone, with a compute and a copy thread.</summary>
internal sealed class FrontierWorker : IDisposable
{
    private readonly WallClockLoop _loop = new();
    private readonly TemplateStore _templates = new([]);
    private readonly WallClock _clock = new();
    private readonly TorchDevice _device;

    public FrontierWorker(ServedModel model, FrontierOptions options)
    {
        Model = model;
        _device = new TorchDevice(
            new TorchDeviceOptions
            {
                Name = "cpu:0",
                Spec = new DeviceSpec { Name = "cpu", PeakFlopsPerSecond = 1, LinkBytesPerSecond = options.LinkBytesPerSecond },
                Steps = options.Steps,
            },
            model,
            _templates,
            _loop);
    }

    public ServedModel Model { get; }

    public TemplateRecording Record(EditTemplate template, int steps) => OnCompute(() => Model.Record(template, steps));

    // The picture, the time from the prompt to it, and the bytes that were loaded.
    public (RgbImage Image, double Seconds, long Bytes) Edit(TemplateRecording recording, Request request, Func<int, bool> isPlain) => OnCompute(() =>
    {
        _clock.Restart();
        using var edit = Model.Begin(recording, request);
        using var reuse = _device.WorkFor([edit], Plan(edit, BlockMode.Cached));
        using var plain = _device.WorkFor([edit], Plan(edit, BlockMode.Plain));
        var bytes = 0L;
        while (!edit.IsFinished)
        {
            var (rows, mode) = isPlain(edit.Step) ? (plain, BlockMode.Plain) : (reuse, BlockMode.Cached);
            _device.RunStep([edit], rows, Modes(mode));
            bytes += rows.Bytes;
        }

        var image = edit.ToImage();
        return (image, _clock.Now.TotalSeconds, bytes);
    });

    public void Dispose()
    {
        _device.Dispose();
        _templates.Dispose();
        _loop.Dispose();
        Model.Dispose();
    }

    private BlockMode[] Modes(BlockMode mode) => [.. Enumerable.Repeat(mode, Model.Rows.Blocks)];

    private StepPlan Plan(EditState edit, BlockMode mode) => new(
        [new StepMember(edit.Request.Id, edit.Request.Template, edit.Request.Mask.MaskedTokens, edit.Step, edit.Steps)], new PlannedStep(Modes(mode), StepTimeline.Unlimited, default, 0));

    private T OnCompute<T>(Func<T> job)
    {
        using var done = new ManualResetEventSlim();
        var (result, fault) = (default(T), default(Exception));
#pragma warning disable CA1031 // Rethrown on the caller's thread.
        _device.OnCompute(() =>
        {
            try
            {
                result = job();
            }
            catch (Exception error)
            {
                fault = error;
            }

            done.Set();
        });
#pragma warning restore CA1031
        done.Wait();
        return fault is null ? result! : throw new DeviceFailedException($"An edit failed: {fault.Message}", fault);
    }
}
