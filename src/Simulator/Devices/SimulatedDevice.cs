using SimServe.Policies;
using SimServe.Policies.Batching;
using SimServe.Policies.Caches;
using SimServe.Policies.Costs;
using SimServe.Policies.Serving;
using SimServe.Simulator.Engine;
using SimServe.Simulator.Fleets;

namespace SimServe.Simulator.Devices;

/// <summary>A device in virtual time: sleeps for what the one evaluator says its plan takes.</summary>
/// <remarks>
/// While membership is fixed every step takes the same time, so k steps are one event; when the bell rings that event moves to the next
/// step boundary. Step boundaries come first among simultaneous events (<see cref="Phase.StepBoundary"/>), so a bell rung at a boundary's
/// instant takes effect at the following boundary, coalesced or not. Where a step takes another time from some instant on (a slow device, a link
/// that others use too), what is done of the step under way stays done. Steps whose ControlNets run on other devices have several events: the U-Net's way down,
/// the arrival of residuals, the way up.
/// </remarks>
internal sealed partial class SimulatedDevice : IDevice, IEventHandler, IComputing
{
    private const int StepEvent = -1;
    private const string FailureReason = "it failed as the scenario asks";

    private readonly SimulatedDeviceOptions _options;
    private readonly EventCalendar _calendar;
    private readonly SimulatedHost _host;
    private readonly CompletionPool<DeviceReport> _pool = new();
    private readonly BlockCost[] _blocks;
    private readonly ContendedCosts _contended;
    private readonly AdapterMemory _controlNets;
    private readonly AdapterMemory _loras;
    private readonly DeviceCache? _cache;
    private readonly ProcessPool _gateway;
    private readonly Action _onBell;

    // The model and the device's times at the size of the images under way.
    private ModelShape _model;
    private ICostModel _costs;
    private Completion<DeviceReport>? _denoising;
    private EventHandle _event;
    private StepPlan? _plan;
    private StepBoundary? _boundary;
    private Instant _start;
    private TimeSpan _step;
    private int _steps;
    private int _counted;
    private Instant _besideFree;
    private double _slowness = 1;
    private double _linkShare = 1;
    private bool _failed;

    /// <summary>Creates a device.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="calendar">Its virtual time.</param>
    /// <param name="host">The machine it sits in.</param>
    /// <param name="gateway">The process that decides where requests go.</param>
    public SimulatedDevice(SimulatedDeviceOptions options, EventCalendar calendar, SimulatedHost host, ProcessPool gateway)
    {
        (_options, _calendar, _host, _gateway) = (options, calendar, host, gateway);
        _blocks = new BlockCost[options.Model.Blocks.Count];
        (_model, _costs) = (options.Model, options.Costs);
        _contended = new ContendedCosts(options.Costs);
        (_controlNets, _loras) = (MemoryOf(isLora: false), MemoryOf(isLora: true));
        AdapterStore = new SimulatedAdapterStore(_loras, _controlNets, lora => _merged.Loras.Contains(lora));
        _onBell = OnBell;
        _cache = host.NewDeviceCache(options.Spec);
    }

    /// <summary>Templates in its own memory, or <c>null</c> where it keeps none.</summary>
    public DeviceCache? Cache => _cache;

    /// <summary>The machine it sits in.</summary>
    public SimulatedHost Host => _host;

    /// <summary>Whether it is lost for good.</summary>
    public bool HasFailed => _failed;

    /// <summary>How a call ends that others carried out for it.</summary>
    public DeviceReport Report => _failed ? DeviceReport.Failed(FailureReason) : DeviceReport.Done;

    /// <summary>Bandwidth of its link at present, bytes/s.</summary>
    public double LinkBytesPerSecond => _options.Spec.LinkBytesPerSecond * _linkShare;

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public DeviceSpec Spec => _options.Spec;

    /// <inheritdoc/>
    public async Pending<DeviceReport> LoadModel()
    {
        await _host.FetchModel();
        return await At(_calendar.Now + Duration.FromSeconds(_host.ModelBytes / LinkBytesPerSecond));
    }

    /// <inheritdoc/>
    public bool Holds(TemplateId template) => Suffices(template) || _host.Holds(template);

    /// <inheritdoc/>
    public bool IsResident(TemplateId template) => _cache is { } cache && cache.Holds(template);

    private bool Suffices(TemplateId template) => _cache is { KeepsAll: true } && IsResident(template);

    /// <inheritdoc/>
    public bool KeepsTemplates => _cache is not null;

    /// <inheritdoc/>
    public TemplateDelay? DelayOf(in Request request)
    {
        if (Holds(request.Template))
        {
            return default(TemplateDelay);
        }

        return _host.IsRecorded(request.Template)
            ? _host.DelayOf(request.Template)
            : new TemplateDelay(TimeSpan.Zero, CostsOf(request).Record(_options.TemplateSteps));
    }

    /// <inheritdoc/>
    public int MissingAdapters(AdapterSet adapters) => adapters.IsEmpty ? 0 : Missing(adapters);

    /// <inheritdoc/>
    public void Prefetch(in Request request)
    {
        _host.Sizes.Note(request);
        if (!Suffices(request.Template))
        {
            _host.Prefetch(request.Template);
        }
    }

    /// <inheritdoc/>
    public bool Lacks(in Request request, out StallCause cause)
    {
        cause = StallCause.TemplateCache;
        if (!Holds(request.Template))
        {
            return true;
        }

        if (_cache is null || !_cache.Join(request.Template))
        {
            _host.Pin(request.Template);
        }

        PinLoras(request.Adapters);
        return false;
    }

    /// <inheritdoc/>
    public Pending<DeviceReport> Stage(in Request request, StallCause cause)
    {
        _host.NoteWait();
        return _host.IsRecorded(request.Template) ? _host.FetchTemplate(request.Template, this) : Record(request.Template, CostsOf(request));
    }

    /// <inheritdoc/>
    public void Unstage(TemplateId template) => _host.Unstage(template);

    /// <inheritdoc/>
    public void Release(in Request request, bool isDenoised)
    {
        if (_cache is null || _cache.Leave(request, isDenoised && !_failed))
        {
            _host.Unpin(request.Template);
        }

        UnpinLoras(request.Adapters);
    }

    /// <inheritdoc/>
    public void Forget(in Request request) => _cache?.Forget(request.Id);

    /// <inheritdoc/>
    /// <remarks>On the compute stream it is the batch's own process that preprocesses: there is no other to wait for.</remarks>
    public Pending<DeviceReport> Encode(in Request request, int fromStep, PrePostPlace place)
    {
        if (fromStep > 0)
        {
            _cache?.NoteIncomplete(request.Id);
        }

        return ChangesText(request.Adapters) && !HoldsLoras(request.Adapters) ? EncodeWithLoras(request, place) : Encode(request, place);
    }

    private Pending<DeviceReport> Encode(in Request request, PrePostPlace place)
    {
        var decided = _gateway.Serve(_calendar.Now, _options.Cpu.Decision);
        var encode = Varied(CostsOf(request).Encode, request.Id);
        if (place == PrePostPlace.BetweenSteps)
        {
            return At(decided + _options.Cpu.Preprocessing + encode);
        }

        var prepared = _host.Processes.Serve(decided, _options.Cpu.Preprocessing);
        return At(_besideFree = Instant.Max(_besideFree, prepared) + encode);
    }

    /// <inheritdoc/>
    /// <remarks>On the compute stream latents stay where they are: nothing is sent to another process.</remarks>
    public Pending<DeviceReport> Decode(in Request request, PrePostPlace place)
    {
        var decode = Varied(CostsOf(request).Decode, request.Id);
        if (place == PrePostPlace.BetweenSteps)
        {
            return At(_calendar.Now + decode + _options.Cpu.Postprocessing);
        }

        var sent = _calendar.Now + _options.Cpu.Serialisation + _options.Cpu.Transfer;
        _besideFree = Instant.Max(_besideFree, sent) + decode;
        return At(_host.Processes.Serve(_besideFree, _options.Cpu.Postprocessing));
    }

    /// <inheritdoc/>
    public Pending<DeviceReport> Denoise(StepPlan plan, int maxSteps, StepBoundary boundary)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(boundary);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSteps, 1);
        if (_failed)
        {
            return new Pending<DeviceReport>(DeviceReport.Failed(FailureReason));
        }

        // No step time yet: whoever shares the host's memory anew, because this device loads too, must not schedule it.
        _model = plan.Model ?? _options.Model;
        _costs = CostsOf(_model);
        (_plan, _boundary, _start, _step, _steps, _counted) = (plan, boundary, _calendar.Now, TimeSpan.Zero, StepsAlike(plan, maxSteps), 0);
        _host.Cores?.Begin(this);
        if (plan.BytesPerStep > 0)
        {
            _host.BeginLoads(this);
        }

        var denoising = _denoising = _pool.Rent();
        boundary.Rung = _onBell;
        if (NeedsAnswers(plan))
        {
            BeginEncoder(isFirst: true);
        }
        else
        {
            _step = StepTime(plan);
            ScheduleSteps();
        }

        return denoising.Pending;
    }

    /// <summary>Loses the device for good.</summary>
    public void Fail()
    {
        _failed = true;
        if (_plan is not null)
        {
            _calendar.Cancel(_event);
            var steps = _options.CoalesceSteps && _part == StepPart.Whole ? (int)Math.Min(_steps, (_calendar.Now - _start).Ticks / _step.Ticks) : _counted;
            Finish(new DeviceReport(steps, 0, FailureReason));
        }
    }

    /// <summary>Every step takes so many times as long from now on.</summary>
    /// <param name="factor">At least 1; 1 ends it.</param>
    public void SlowDown(double factor)
    {
        _slowness = factor;
        Reprice();
    }

    /// <summary>The device's link has a share of its bandwidth from now on.</summary>
    /// <param name="share">Above 0 to 1; 1 ends it.</param>
    public void LimitLink(double share)
    {
        _linkShare = share;
        _host.Share();
        Reprice();
    }

    /// <summary>Steps take another time from now on: the part of the step under way that is done stays done.</summary>
    public void Reprice()
    {
        if (_plan is null || _step == TimeSpan.Zero)
        {
            return;
        }

        var (time, now) = (TimeNow(_plan), _calendar.Now);
        if (time == _step)
        {
            return;
        }

        // The start moves so that as many steps, and as large a part of one, have been done since then at the new time.
        var done = (Int128)(now - _start).Ticks * time.Ticks / _step.Ticks;
        (_start, _step) = (now - new TimeSpan((long)done), time);
        _calendar.Cancel(_event);
        ScheduleSteps();
    }

    void IEventHandler.Handle(int token)
    {
        if (token >= 0)
        {
            Answer(token);
        }
        else if (_part != StepPart.Whole)
        {
            PartDone();
        }
        else if (_options.CoalesceSteps || ++_counted == _steps || _boundary!.Requested)
        {
            Finish(new DeviceReport(_options.CoalesceSteps ? _steps : _counted, 0, null));
        }
        else
        {
            ScheduleSteps();
        }
    }

    private void ScheduleSteps() =>
        _event = _calendar.Schedule(
        Instant.Max(_calendar.Now, After(_part != StepPart.Whole ? 1 : _options.CoalesceSteps ? _steps : _counted + 1)), Phase.StepBoundary, this, StepEvent);

    // In whole ticks: a length of time times a number would take a detour over floating point.
    private Instant After(int steps) => _start + new TimeSpan(steps * _step.Ticks);

    private TimeSpan StepTime(StepPlan plan)
    {
        // Whoever planned may believe in other times than this device takes.
        _contended.Share = plan.BytesPerStep > 0 ? _linkShare * _host.LoadShare : 1;
        _contended.ComputeShare = (_host.Cores?.Share ?? 1) * _options.Variation.Of(plan.Members);
        return Slowed((_contended.Share == 1 && _contended.ComputeShare == 1 && ReferenceEquals(plan.Costs, _costs) ? plan.StepTime : Evaluate(plan) + LocalControls(plan)) + WarmUp(plan), plan);
    }

    // Steps of the same time, of those that were asked for: whoever divides images takes the first ones of an image by themselves.
    private int StepsAlike(StepPlan plan, int maxSteps) =>
        _options.Patches is { } patches && patches.WarmupLeft(plan.Members) is var left and > 0 ? Math.Min(left, maxSteps) : maxSteps;

    // All of the exchange is waited for in the first steps of an image; of what is hidden otherwise the plan knows nothing.
    private TimeSpan WarmUp(StepPlan plan) => _options.Patches is { } patches && patches.WarmupLeft(plan.Members) > 0
        ? patches.Exchange(_model, plan.Members.Count) - patches.Unhidden(_model, _costs, plan.Members.Count)
        : TimeSpan.Zero;

    // A step takes at least one tick: zero would never let time pass.
    private TimeSpan Slowed(TimeSpan time, StepPlan plan)
    {
        var factor = _slowness * UnmergedFactor(plan);
        time = factor == 1 ? time : time * factor;
        return time > TimeSpan.Zero ? time : new TimeSpan(1);
    }

    private TimeSpan Varied(TimeSpan time, RequestId request) => _options.Variation.IsNone ? time : time * _options.Variation.Of(request);

    private TimeSpan Evaluate(StepPlan plan)
    {
        _contended.Use(_costs);
        BatchCosts.Fill(_model, _contended, plan.Members.Count, plan.MaskedTokens, _blocks, plan.Resident);
        BlockMode[] modes = plan.Modes as BlockMode[] ?? [.. plan.Modes];
        return StepTimeline.Evaluate(_blocks, modes, plan.LookAhead) + _contended.StepOverhead(plan.Members.Count);
    }

    // Steps per event stay one when they are not coalesced: the flag is looked at after every step.
    private void OnBell()
    {
        if (!_options.CoalesceSteps || _part != StepPart.Whole)
        {
            return;
        }

        var boundary = ((_calendar.Now - _start).Ticks / _step.Ticks) + 1;
        if (boundary < _steps)
        {
            _calendar.Cancel(_event);
            _steps = (int)boundary;
            ScheduleSteps();
        }
    }

    private ICostModel CostsOf(in Request request) =>
        request.Mask.Grid == _options.Model.Grid ? _options.Costs : CostsOf(_host.Sizes.ModelOf(request));

    private ICostModel CostsOf(ModelShape model) => ReferenceEquals(model, _options.Model) ? _options.Costs : _options.Costs.At(model);

    private async Pending<DeviceReport> Record(TemplateId template, ICostModel costs)
    {
        var report = await At(_calendar.Now + costs.Record(_options.TemplateSteps));
        if (report.Fault is null)
        {
            _host.Add(template);
        }

        return report;
    }

    private void Finish(DeviceReport report)
    {
        var (denoising, bytes) = (_denoising!, _plan!.BytesPerStep * report.Steps);
        NoteStepsWithoutTemplates(_plan);
        (_plan, _boundary, _denoising, _part) = (null, null, null, StepPart.Whole);
        _host.Cores?.End(this);
        if (bytes > 0)
        {
            _host.EndLoads(this);
        }

        denoising.Complete(report with { BytesLoaded = bytes });
    }

    // A step in which every block is computed in full leaves nothing of the template here.
    private void NoteStepsWithoutTemplates(StepPlan plan)
    {
        if (_cache is not { } cache || plan.Modes[0] != BlockMode.Plain)
        {
            return;
        }

        foreach (var member in plan.Members)
        {
            cache.NoteIncomplete(member.Id);
        }
    }

    // The event carries the completion's number, so that nothing is allocated per call in steady state.
    private Pending<DeviceReport> At(Instant due)
    {
        var completion = _pool.Rent();
        _calendar.Schedule(due, Phase.Completion, this, completion.Number);
        return completion.Pending;
    }

    // A call that is under way when the device fails still ends when it would have: only its answer is a fault.
    private void Answer(int token) => _pool[token].Complete(Report);
}
