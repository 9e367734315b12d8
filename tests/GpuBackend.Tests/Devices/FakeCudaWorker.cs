using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Serving;

namespace SimServe.GpuBackend.Tests.Devices;

/// <summary>One worker with its loop and its recorded templates: a CUDA worker over the fake, or a CPU worker.</summary>
internal sealed class FakeCudaWorker : IDisposable
{
    private static readonly EditTemplate[] Pictures =
    [
        new(Small.Noise(64, 64, 1), "a quiet harbour", 21),
        new(Small.Noise(64, 64, 2), "an orchard in spring", 22),
    ];

    private readonly FluxModel _model;
    private readonly WallClockLoop _loop = new();
    private readonly TemplateStore _templates = new(Pictures);

    private FakeCudaWorker(FluxModel model, Func<TorchDeviceOptions, TemplateStore, WallClockLoop, TorchDevice> create, long templateBytes = 0, bool[]? kept = null)
    {
        _model = model;
        Device = create(
            new TorchDeviceOptions
            {
                Name = "cuda:0",
                Spec = new DeviceSpec { Name = "fake", PeakFlopsPerSecond = 1e10, LinkBytesPerSecond = 1e9 },
                Steps = Small.Steps,
                TemplateBytes = templateBytes,
                KeptBlocks = kept,
            },
            _templates,
            _loop);
    }

    public TorchDevice Device { get; }

    // Runs of rows of at least so many bytes are copied one by one.
    public static FakeCudaWorker Cuda(CudaInterop cuda, int directRunBytes = 1 << 16, Func<double>? linkShare = null, FluxModel? model = null) => new(
        model ?? Small.Model,
        (options, templates, loop) => new TorchDevice(
            options, model ?? Small.Model, templates, loop, new CudaStreams(cuda, 0, model ?? Small.Model, linkShare ?? (static () => 1)) { DirectRunBytes = directRunBytes }));

    // With memory of its own for so many bytes of templates' rows, of some blocks or of all.
    public static FakeCudaWorker Keeping(CudaInterop cuda, long templateBytes, bool[]? kept) => new(
        Small.Model, (options, templates, loop) => new TorchDevice(options, Small.Model, templates, loop, new CudaStreams(cuda, 0, Small.Model, static () => 1)), templateBytes, kept);

    public static FakeCudaWorker Cpu() => Of(Small.Model);

    // A worker whose device does its work otherwise.
    public static FakeCudaWorker With(IDeviceStreams streams) =>
        new(Small.Model, (options, templates, loop) => new TorchDevice(options, Small.Model, templates, loop, streams));

    // A worker of the kind of device on which the model lies.
    public static FakeCudaWorker Of(FluxModel model) => new(model, (options, templates, loop) => new TorchDevice(options, model, templates, loop));

    public static Request[] Requests(int count) => [.. Enumerable.Range(0, count).Select(static number => new Request
    {
        Id = new RequestId(number),
        ArrivesAt = default,
        Template = new TemplateId(number % Pictures.Length),
        Mask = Small.RandomMask(number, 0.15 + (0.1 * number)),
        Steps = Small.Steps,
        Prompt = $"edit number {number}",
        Seed = 100 + number,
    })];

    public static StepPlan Plan(Request[] batch, IReadOnlyList<BlockMode> modes, int lookAhead) => new(
        [.. batch.Select(static request => new StepMember(request.Id, request.Template, request.Mask.MaskedTokens, 0, Small.Steps))],
        new PlannedStep(modes, lookAhead, default, 0));

    public DeviceReport Record() => Run(() => Device.Record(default));

    // Records, encodes, denoises and decodes a batch, and returns its images in order.
    public RgbImage[] Edit(Request[] batch, IReadOnlyList<BlockMode> modes, int lookAhead)
    {
        Prepare(batch);
        var denoised = Denoise(batch, modes, lookAhead);
        Assert.That((denoised.Steps, denoised.Fault), Is.EqualTo((Small.Steps, (string?)null)));
        foreach (var request in batch)
        {
            Assert.That(Run(() => Device.Decode(request)).Fault, Is.Null);
        }

        return [.. batch.Select(request => Device.Images[request.Id])];
    }

    public void Prepare(Request[] batch)
    {
        foreach (var request in batch)
        {
            Assert.That(Run(() => Device.Record(request.Template)).Fault, Is.Null);
            Assert.That(Run(() => Device.Encode(request, 0)).Fault, Is.Null);
        }
    }

    // A batch from joining to leaving: its images, and the bytes that came over the link.
    public (RgbImage[] Images, long Bytes) Serve(Request[] batch, IReadOnlyList<BlockMode> modes)
    {
        Prepare(batch);
        Run(() =>
        {
            Assert.That(batch.Where(request => Device.Lacks(request, out _)), Is.Empty);
            return new Pending<DeviceReport>(DeviceReport.Done);
        });
        var denoised = Denoise(batch, modes, StepTimeline.Unlimited);
        Assert.That((denoised.Steps, denoised.Fault), Is.EqualTo((Small.Steps, (string?)null)));
        foreach (var request in batch)
        {
            Run(() =>
            {
                Device.Release(request, isDenoised: true);
                return Device.Decode(request);
            });
        }

        return ([.. batch.Select(request => Device.Images[request.Id])], denoised.BytesLoaded);
    }

    public DeviceReport Denoise(Request[] batch, IReadOnlyList<BlockMode> modes, int lookAhead) =>
        Run(() => Device.Denoise(Plan(batch, modes, lookAhead), Small.Steps, new StepBoundary()));

    // One step of one edit on the compute thread, and where its time went.
    public StepTrace Step(Request request, IReadOnlyList<BlockMode> modes, int lookAhead)
    {
        Assert.That(Run(() => Device.Record(request.Template)).Fault, Is.Null);
        using var done = new ManualResetEventSlim();
        StepTrace? trace = null;
        Device.OnCompute(() =>
        {
            using var edit = new FluxEdit(_model, _templates.Recording(request.Template), request);
            using var rows = Device.WorkFor([edit], Plan([request], modes, lookAhead));
            trace = Device.RunStep([edit], rows, modes);
            done.Set();
        });
        Assert.That(done.Wait(TimeSpan.FromSeconds(30)), "the step came to an end");
        return trace!;
    }

    public void Dispose()
    {
        Device.Dispose();
        _templates.Dispose();
        _loop.Dispose();
    }

    private DeviceReport Run(Func<Pending<DeviceReport>> call) => _loop.Run(call, CancellationToken.None);
}
