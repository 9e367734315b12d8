using System.Collections.Concurrent;
using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Pipelines;
using SimServe.Policies;
using SimServe.Policies.Batching;
using SimServe.Policies.Caches;
using SimServe.Policies.Serving;
using TorchSharp;
using AdapterSet = SimServe.Policies.AdapterSet;

namespace SimServe.GpuBackend.Devices;

/// <summary>A worker on the processor or a CUDA device: a compute thread, a thread for pre- and post-processing, and a copy thread.</summary>
/// <remarks>
/// The serving loop calls it on its own thread; jobs run on the worker's threads and post their answers back, when the device has done their work.
/// An exception on any of them fails the device visibly: its answer is a fault, and so is every later one. What the threads do differently on the
/// processor and on CUDA is <see cref="IDeviceStreams"/>.
/// </remarks>
public sealed partial class TorchDevice : IDevice, IDisposable
{
    private readonly TorchDeviceOptions _options;
    private readonly ServedModel _model;

    // As its compute thread has it: one branch where there is a partner.
    private readonly ModelShape _shape;

    // Records templates: without the adapters that a worker's own may have in use.
    private readonly ServedModel _plain;
    private readonly TemplateStore _templates;
    private readonly WallClockLoop _loop;
    private readonly IDeviceStreams _streams;
    private readonly ResidentTemplates? _residents;
    private readonly WorkerThread _compute;
    private readonly WorkerThread _copy;
    private readonly WorkerThread _beside;
    private readonly StepLane _lane;
    private readonly CompletionPool<DeviceReport> _pool = new();
    private readonly ConcurrentDictionary<RequestId, (Request Request, LatentCheckpoint? From)> _requests = new();
    private readonly ConcurrentDictionary<RequestId, EditState> _edits = new();
    private readonly ConcurrentDictionary<RequestId, RecordingUse> _joined = new();
    private readonly ConcurrentDictionary<RequestId, RgbImage> _images = new();
    private readonly Lock _posting = new();
    private volatile string? _fault;
    private bool _disposed;

    /// <summary>Creates a worker and starts its threads.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="model">The model; the worker computes where it lies. Shared by the workers of its device.</param>
    /// <param name="templates">The machine's templates; shared by workers.</param>
    /// <param name="loop">The loop that calls it.</param>
    /// <exception cref="NotSupportedException">It is a pair of devices, and the model has one guidance branch.</exception>
    /// <exception cref="CudaException">The model lies on a CUDA device, and CUDA has no more streams or cannot be called.</exception>
    public TorchDevice(TorchDeviceOptions options, ServedModel model, TemplateStore templates, WallClockLoop loop)
        : this(options, model, templates, loop, StreamsOf(options.Spec, options.Faults, model, loop))
    {
    }

    /// <summary>Creates a worker with streams of another kind than its model's device has.</summary>
    internal TorchDevice(TorchDeviceOptions options, ServedModel model, TemplateStore templates, WallClockLoop loop, IDeviceStreams streams)
    {
        (_options, _model, _plain, _templates, _loop, _streams) = (options, model, model, templates, loop, streams);
        _shape = options.Partner is null ? model.Config.ToShape() : model.Config.ToShape().OneBranch();
        _residents = options.TemplateBytes > 0 ? new ResidentTemplates(options, _shape with { KeptBlocks = options.KeptBlocks }, use => _streams.Keep(use, options.KeptBlocks, _copy!)) : null;
        _compute = Start(StreamRole.Compute, "compute");
        _copy = Start(StreamRole.Copy, "copy");
        _beside = Start(StreamRole.PrePost, "pre/post");
        _lane = new StepLane(_copy);
        if (options.AddOns is { } addOns)
        {
            (_addOns, _plain, _model) = (addOns, model, model.Twin());
            _loras = new ServedLoras(_model, addOns.Loras);
            _prepared = new AddOnMemory<AdapterSet, MergedLoras>(addOns.LoraBytes, static prepared => prepared.Dispose());
            _loads = new AddOnLoads<AdapterSet, MergedLoras>(new AddOnSource<AdapterSet, MergedLoras>($"{Name} loras", Load, static loras => $"{loras}"), _prepared, loop, () => _fault);
            _controlNets = new ServedControlNets(Name, addOns.ControlNets, addOns.ControlNetBytes, model.Device, loop, () => _fault, _compute.Enqueue);
        }

        _partner = options.Partner is { } partner ? new BranchPartner(Name, partner, _model, partner.Model == model, options.AddOns, loop, () => _fault) : null;
        _pairedControlNets = _partner?.ControlNets is { } theirs ? new PairedControlNets(_controlNets!, theirs) : null;
        AdapterStore = options.AddOns is null ? null : new DeviceAdapterStore(options.AddOns.Loras, _prepared!, _loads!, (_controlNets!, _partner?.ControlNets), loras => loras.SharesWeightsWith(_merged));
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public DeviceSpec Spec => _options.Spec;

    /// <summary>Delivered images by request.</summary>
    public IReadOnlyDictionary<RequestId, RgbImage> Images => _images;

    /// <inheritdoc/>
    /// <remarks>The model's weights are where it computes since it was made.</remarks>
    public Pending<DeviceReport> LoadModel() => new(DeviceReport.Done);

    /// <inheritdoc/>
    public bool Holds(TemplateId template) => Suffices(template) || _templates.Holds(template);

    /// <inheritdoc/>
    public bool IsResident(TemplateId template) => _residents?.Holds(template) ?? false;

    /// <inheritdoc/>
    public bool KeepsTemplates => _residents is not null;

    /// <inheritdoc/>
    public TemplateDelay? DelayOf(in Request request) => Suffices(request.Template) ? default(TemplateDelay) : _templates.DelayOf(request.Template);

    /// <summary>What happened to templates in its own memory so far.</summary>
    public TemplateCacheUse Counts => _residents?.Counts ?? new TemplateCacheUse();

    /// <inheritdoc/>
    public void Prefetch(in Request request)
    {
        if (!Suffices(request.Template))
        {
            _templates.Prefetch(request.Template);
        }
    }

    /// <inheritdoc/>
    public bool Lacks(in Request request, out StallCause cause)
    {
        cause = StallCause.TemplateCache;
        var use = Suffices(request.Template) ? null : _templates.TryJoin(request.Template);
        if (use is null && !Suffices(request.Template))
        {
            return true;
        }

        // It counts there who joined with the host's copy, too.
        var resident = _residents?.TryJoin(request.Template);
        _joined[request.Id] = (use ?? resident)!;
        Pin(request);
        return false;
    }

    /// <inheritdoc/>
    public Pending<DeviceReport> Stage(in Request request, StallCause cause)
    {
        _templates.NoteWait();
        return _templates.IsFiled(request.Template) ? Fetch(request.Template) : Record(request.Template, awaited: true);
    }

    /// <inheritdoc/>
    public void Unstage(TemplateId template) => _templates.Unstage(template);

    /// <inheritdoc/>
    public void Release(in Request request, bool isDenoised)
    {
        if (!_joined.TryRemove(request.Id, out var use))
        {
            return;
        }

        LetGo(request);

        if (_residents?.Leave(request, use.Recording, isDenoised && _fault is null) ?? true)
        {
            _templates.Leave(request.Template, use);
        }
        else
        {
            use.Dispose();
        }
    }

    /// <inheritdoc/>
    /// <remarks>A device that has failed may still be busy with the edit on one of its threads: it lets go of it when it is disposed of.</remarks>
    public void Forget(in Request request)
    {
        _options.Checkpoints.Forget(request.Id);
        _residents?.Forget(request.Id);
        if (_fault is null)
        {
            _requests.TryRemove(request.Id, out _);
            Drop(request.Id);
        }
    }

    /// <summary>Records a template's activation cache with a full inference of the template, unless it is in memory or in a file.</summary>
    /// <param name="template">The template.</param>
    public Pending<DeviceReport> Record(TemplateId template) => Record(template, awaited: false);

    /// <inheritdoc/>
    /// <remarks>A template that has not been recorded yet is prepared for later: its edits are encoded when they first denoise.</remarks>
    public Pending<DeviceReport> Encode(in Request request, int fromStep, PrePostPlace place = PrePostPlace.Beside)
    {
        var (encoded, role) = (request, RoleAt(place));
        if (fromStep > 0)
        {
            _residents?.NoteIncomplete(request.Id);
        }

        return On(role, () => Prepare(encoded, fromStep));
    }

    /// <inheritdoc/>
    public Pending<DeviceReport> Denoise(StepPlan plan, int maxSteps, StepBoundary boundary)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSteps, 1);
        ResidentRows?[] resident = [.. plan.Members.Select(member => _residents?.RowsOf(member.Template))];
        if (_residents is not null && plan.Modes[0] == BlockMode.Plain)
        {
            // Nothing of a template comes here with a step that is computed in full.
            foreach (var member in plan.Members)
            {
                _residents.NoteIncomplete(member.Id);
            }
        }

        return On(StreamRole.Compute, () => RunSteps(plan, maxSteps, boundary, resident));
    }

    /// <inheritdoc/>
    public Pending<DeviceReport> Decode(in Request request, PrePostPlace place = PrePostPlace.Beside)
    {
        var id = request.Id;
        return On(RoleAt(place), () => Deliver(id));
    }

    /// <summary>Ends the worker's threads; waits for the job under way.</summary>
    public void Dispose()
    {
        _fault ??= "it has been shut down";
        _loads?.Dispose();
        _controlNets?.Dispose();
        _compute.Dispose();
        _partner?.Dispose();

        // What is resident is freed by the copy thread, which does all that it is given before it ends.
        _residents?.Dispose();
        _copy.Dispose();
        _beside.Dispose();
        _lane.Dispose();
        lock (_posting)
        {
            _disposed = true;
        }

        foreach (var edit in _edits.Values)
        {
            edit.Dispose();
        }

        foreach (var use in _joined.Values)
        {
            use.Dispose();
        }

        _prepared?.Dispose();
        if (_addOns is not null)
        {
            _model.Dispose();
        }
    }

    /// <summary>The model, where the worker computes.</summary>
    internal ServedModel Model => _model;

    /// <summary>Runs something on the compute thread.</summary>
    internal void OnCompute(Action job) => _compute.Enqueue(job);

    /// <summary>Waits until what the compute thread has given to the device is done; call it there.</summary>
    internal void FinishCompute() => _streams.Finish(StreamRole.Compute);

    /// <summary>The streams of a device of the kind that a model lies on.</summary>
    internal static IDeviceStreams StreamsOf(DeviceSpec spec, DeviceFaults faults, ServedModel model, WallClockLoop loop)
    {
        double LinkShare() => faults.LinkShare(loop.Now);
        return model.Device.type == DeviceType.CUDA
            ? new CudaStreams(CudaInterop.Process ?? throw new CudaException("libtorch has loaded no CUDA runtime; 'simserve doctor' says what was found."), model.Device.index, model, LinkShare)
            : new CpuStreams(new CpuLink(spec.LinkBytesPerSecond, new WallClock(), LinkShare));
    }

    // Whether the device needs no copy of the host's.
    private bool Suffices(TemplateId template) => _residents is { KeepsAll: true } residents && residents.Holds(template);

    private static StreamRole RoleAt(PrePostPlace place) => place == PrePostPlace.BetweenSteps ? StreamRole.Compute : StreamRole.PrePost;

#pragma warning disable CA1031 // A thread that cannot begin fails the device: its first job says why.
    private WorkerThread Start(StreamRole role, string name) => new($"{Name} {name}", () =>
    {
        try
        {
            _streams.Enter(role);
        }
        catch (Exception error)
        {
            Fail(error);
        }
    });
#pragma warning restore CA1031

    private DeviceReport Deliver(RequestId id)
    {
        _requests.Remove(id, out _);
        _edits.Remove(id, out var edit);
        using (edit)
        {
            _images[id] = edit!.ToImage();
        }

        _options.Checkpoints.Forget(id);
        return DeviceReport.Done;
    }

    // The edit of a request in the batch, at its template's recording: the one with which it joined.
    private EditState Attached(RequestId id, ResidentRows? resident)
    {
        var (request, from) = _requests[id];
        using var other = _joined.ContainsKey(id) ? null : UseOf(request.Template);
        var recording = (other ?? _joined[id]).Recording;
        var edit = _edits.GetOrAdd(id, _ =>
        {
            using var text = TextOf(request.Adapters);
            return Begin(recording, request, from, text);
        });
        edit.Attach(recording);
        edit.Resident = resident;
        return edit;
    }

    // While it waits it keeps nothing of its template's rows: they may leave memory.
    private void PrepareEdit(in Request request, LatentCheckpoint? from, PreparedAdapters? text)
    {
        if (_templates.TryUse(request.Template) is { } use)
        {
            using (use)
            {
                var edit = Begin(use.Recording, request, from, text);
                edit.Detach();
                _edits[request.Id] = edit;
            }
        }
    }

    private void Drop(RequestId id)
    {
        if (_edits.TryRemove(id, out var edit))
        {
            edit.Dispose();
        }
    }

    private void KeepCheckpoints(EditState[] batch)
    {
        foreach (var edit in batch)
        {
            if (_options.Checkpoints.IsDue(edit.Step, edit.Steps))
            {
                _options.Checkpoints.Keep(edit.Request.Id, new LatentCheckpoint(edit.Step, edit.CopyLatents()));
            }
        }
    }

    // For steps of a request that did not join.
    private RecordingUse UseOf(TemplateId template)
    {
        RecordingUse? use;
        while ((use = _templates.TryUse(template)) is null)
        {
            Record(template, StreamRole.Compute, awaited: true);
        }

        return use;
    }

    private void Record(TemplateId template, StreamRole role, bool awaited)
    {
        var recording = _plain.Record(_templates[template], _options.Steps, _streams.Allocate);
        _streams.Finish(role);
        _templates.Add(template, recording, awaited);
    }

    private Pending<DeviceReport> Record(TemplateId template, bool awaited) => On(StreamRole.Compute, () =>
    {
        if (!_templates.Holds(template) && !_templates.IsFiled(template))
        {
            Record(template, StreamRole.Compute, awaited);
        }

        return DeviceReport.Done;
    });

    // The answer comes from the thread of files, which outlives this device and its loop.
    private Pending<DeviceReport> Fetch(TemplateId template)
    {
        var completion = _pool.Rent();
        _templates.Fetch(template, () =>
        {
            Post(completion, _fault is { } fault ? DeviceReport.Failed(fault) : DeviceReport.Done);
        });
        return completion.Pending;
    }

    private void Fail(Exception error)
    {
        _fault = NotEnoughMemoryException.IsBehind(error is DeviceFailedException { InnerException: { } partners } ? partners : error)
            ? $"its memory ran out: {error.Message.Split('\n')[0]} Serve smaller batches or fewer templates."
            : error.Message;
        DeviceTelemetry.Failed(Name);
    }

    private DeviceReport RunSteps(StepPlan plan, int maxSteps, StepBoundary boundary, ResidentRows?[] resident)
    {
        EditState[] batch = [.. plan.Members.Select((member, index) => Attached(member.Id, resident[index]))];
        try
        {
            return RunSteps(batch, plan, maxSteps, boundary);
        }
        finally
        {
            Array.ForEach(batch, static edit => edit.Detach());
        }
    }

    private DeviceReport RunSteps(EditState[] batch, StepPlan plan, int maxSteps, StepBoundary boundary)
    {
        var parts = PartsOf(batch, plan);
        using var activity = DeviceTelemetry.Denoising(Name, batch.Length);
        var (steps, bytes, begun, lost) = (0, 0L, _loop.Now, (string?)null);
#pragma warning disable CA1031 // A step that fails fails the device, but the steps before it were done.
        try
        {
            while (steps < maxSteps && _fault is null && (steps == 0 || !boundary.Requested))
            {
                FailIfDue();
                var start = _loop.Now;
                foreach (var part in parts)
                {
                    if (part.IsAhead(steps))
                    {
                        continue;
                    }

                    Turn(part, parts.Length);
                    var trace = RunStep(part.Edits, part.Work, plan.Modes);
                    DeviceTelemetry.Step(Name, part.Edits.Length, trace, part.Work.Bytes);
                    bytes += part.Work.Bytes;
                    if (parts.Length == 1)
                    {
                        _options.Traced?.Invoke(plan, trace);
                    }
                }

                KeepCheckpoints(batch);
                SlowDown(start);
                steps++;
            }
        }
        catch (ControlNetLostException error)
        {
            lost = error.Message;
        }
        catch (Exception error)
        {
            Fail(error);
        }
#pragma warning restore CA1031
        finally
        {
            LeaveOff(parts);
        }

        DeviceTelemetry.Batch(Name, _loop.Now - begun);
        activity?.SetTag("simserve.steps", steps);
        return new DeviceReport(steps, bytes, _fault) { ControlFault = lost };
    }

    private DeviceReport Prepare(in Request request, int fromStep)
    {
        if (AdapterFault(request.Adapters) is { } fault)
        {
            return DeviceReport.Refused(fault);
        }

        var checkpoint = _options.Checkpoints.Find(request.Id, fromStep);
        if (fromStep > 0 && checkpoint is null)
        {
            return DeviceReport.Refused($"it would go on at step {fromStep}, of which no checkpoint is kept");
        }

        if (_model.Misfit(_options.Steps, request) is { } misfit)
        {
            return DeviceReport.Refused(misfit);
        }

        // A request that was here before, and did not begin, comes back with what it has become elsewhere.
        Drop(request.Id);
        _requests[request.Id] = (request, checkpoint);
        if (TryReadText(request.Adapters, out var text) is { } refusal)
        {
            return refusal;
        }

        using (text)
        {
            PrepareEdit(request, checkpoint, text);
        }

        return DeviceReport.Done;
    }

    private Pending<DeviceReport> On(StreamRole role, Func<DeviceReport> job)
    {
        var completion = _pool.Rent();
        (role == StreamRole.Compute ? _compute : _beside).Enqueue(() => _loop.Post(completion, Answer(role, job)));
        return completion.Pending;
    }

    // A slow device's step takes so many times as long as it took.
    private void SlowDown(Instant start)
    {
        var now = _loop.Now;
        var slowness = _options.Faults.Slowness(now);
        if (slowness > 1)
        {
            Thread.Sleep((now - start) * (slowness - 1));
        }
    }

    private void FailIfDue()
    {
        if (_options.Faults.IsLost(_loop.Now))
        {
            throw new InvalidOperationException("it failed as the scenario asks");
        }
    }

#pragma warning disable CA1031 // Whatever goes wrong on a device's thread is the device's fault, in both senses.
    private DeviceReport Answer(StreamRole role, Func<DeviceReport> job)
    {
        if (_fault is { } fault)
        {
            return DeviceReport.Failed(fault);
        }

        try
        {
            FailIfDue();
            using var mode = torch.inference_mode();
            var report = job();
            if (report.Fault is null)
            {
                _streams.Finish(role);
            }

            return report;
        }
        catch (Exception error)
        {
            Fail(error);
            return DeviceReport.Failed(_fault!);
        }
    }
#pragma warning restore CA1031
}
