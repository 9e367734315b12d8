using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Serving;
using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Devices;

/// <summary>A device in virtual time: sleeps for what the one evaluator says its plan takes.</summary>
/// <remarks>
/// While membership is fixed every step takes the same time, so k steps are one event; when the bell rings that event moves to the next
/// step boundary. Step boundaries come first among simultaneous events (<see cref="Phase.StepBoundary"/>), so a bell rung at a boundary's
/// instant takes effect at the following boundary, coalesced or not. Where a step takes another time from some instant on (a slow device),
/// the step under way is finished at the old speed.
/// </remarks>
public sealed class SimulatedDevice : IDevice, IEventHandler
{
    private const int StepEvent = -1;
    private const int FailureEvent = -2;
    private const string FailureReason = "it failed as the scenario asks";

    private readonly SimulatedDeviceOptions _options;
    private readonly EventCalendar _calendar;
    private readonly SimulatedHost _host;
    private readonly CompletionPool<DeviceReport> _pool = new();
    private readonly Stack<int> _free = new();
    private readonly List<Completion<DeviceReport>?> _pending = [];
    private readonly BlockCost[] _costs;
    private readonly Action _onBell;
    private Completion<DeviceReport>? _denoising;
    private EventHandle _event;
    private StepPlan? _plan;
    private StepBoundary? _boundary;
    private Instant _start;
    private TimeSpan _step;
    private int _steps;
    private int _counted;
    private Instant _besideFree;
    private bool _failed;

    /// <summary>Creates a device.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="calendar">Its virtual time.</param>
    /// <param name="host">The machine it sits in.</param>
    public SimulatedDevice(SimulatedDeviceOptions options, EventCalendar calendar, SimulatedHost host)
    {
        (_options, _calendar, _host) = (options, calendar, host);
        _costs = new BlockCost[options.Model.Blocks.Count];
        _onBell = OnBell;
        if (options.FailsAt is { } due)
        {
            calendar.Schedule(due, Phase.Completion, this, FailureEvent);
        }
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public DeviceSpec Spec => _options.Spec;

    /// <inheritdoc/>
    public bool Holds(TemplateId template) => _host.Holds(template);

    /// <inheritdoc/>
    public int MissingAdapters(AdapterSet adapters) => 0;

    /// <inheritdoc/>
    public void Prefetch(in Request request)
    {
    }

    /// <inheritdoc/>
    public bool Lacks(in Request request, out StallCause cause)
    {
        cause = StallCause.TemplateCache;
        return !_host.Holds(request.Template);
    }

    /// <inheritdoc/>
    public async ValueTask<DeviceReport> Stage(Request request, StallCause cause)
    {
        var report = await At(_calendar.Now + _options.Costs.Record(_options.TemplateSteps));
        if (report.Fault is null)
        {
            _host.Add(request.Template);
        }

        return report;
    }

    /// <inheritdoc/>
    public void Release(in Request request)
    {
    }

    /// <inheritdoc/>
    public ValueTask<DeviceReport> Encode(Request request, int fromStep) =>
        At(_besideFree = Instant.Max(_besideFree, _calendar.Now) + _options.Costs.Encode);

    /// <inheritdoc/>
    public ValueTask<DeviceReport> Decode(RequestId id) =>
        At(_besideFree = Instant.Max(_besideFree, _calendar.Now) + _options.Costs.Decode);

    /// <inheritdoc/>
    public ValueTask<DeviceReport> Denoise(StepPlan plan, int maxSteps, StepBoundary boundary)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(boundary);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSteps, 1);
        if (_failed)
        {
            return new ValueTask<DeviceReport>(DeviceReport.Failed(FailureReason));
        }

        (_plan, _boundary, _start, _steps, _counted) = (plan, boundary, _calendar.Now, maxSteps, 0);
        _step = StepTime(plan);
        _denoising = _pool.Rent();
        boundary.Rung = _onBell;
        _event = _calendar.Schedule(After(_options.CoalesceSteps ? maxSteps : 1), Phase.StepBoundary, this, StepEvent);
        return _denoising.Task;
    }

    void IEventHandler.Handle(int token)
    {
        if (token >= 0)
        {
            Answer(token);
        }
        else if (token == FailureEvent)
        {
            Fail();
        }
        else if (_options.CoalesceSteps || ++_counted == _steps || _boundary!.Requested)
        {
            Finish(new DeviceReport(_options.CoalesceSteps ? _steps : _counted, 0, null));
        }
        else
        {
            _event = _calendar.Schedule(_calendar.Now + _step, Phase.StepBoundary, this, StepEvent);
        }
    }

    // In whole ticks: a length of time times a number would take a detour over floating point.
    private Instant After(int steps) => _start + new TimeSpan(steps * _step.Ticks);

    private TimeSpan StepTime(StepPlan plan)
    {
        // Whoever planned may believe in other times than this device takes.
        var time = ReferenceEquals(plan.Step.Costs, _options.Costs) ? plan.StepTime : Evaluate(plan);

        // A step takes at least one tick: zero would never let time pass.
        return time > TimeSpan.Zero ? time : new TimeSpan(1);
    }

    private TimeSpan Evaluate(StepPlan plan)
    {
        BatchCosts.Fill(_options.Model, _options.Costs, plan.Members.Count, plan.MaskedTokens, _costs);
        BlockMode[] modes = plan.Modes as BlockMode[] ?? [.. plan.Modes];
        return StepTimeline.Evaluate(_costs, modes, plan.LookAhead) + _options.Costs.StepOverhead(plan.Members.Count);
    }

    // Steps per event stay one when they are not coalesced: the flag is looked at after every step.
    private void OnBell()
    {
        if (!_options.CoalesceSteps)
        {
            return;
        }

        var boundary = ((_calendar.Now - _start).Ticks / _step.Ticks) + 1;
        if (boundary < _steps)
        {
            _calendar.Cancel(_event);
            _steps = (int)boundary;
            _event = _calendar.Schedule(After(_steps), Phase.StepBoundary, this, StepEvent);
        }
    }

    private void Fail()
    {
        _failed = true;
        if (_plan is not null)
        {
            _calendar.Cancel(_event);
            var steps = _options.CoalesceSteps ? (int)Math.Min(_steps, (_calendar.Now - _start).Ticks / _step.Ticks) : _counted;
            Finish(new DeviceReport(steps, 0, FailureReason));
        }
    }

    private void Finish(DeviceReport report)
    {
        var (denoising, bytes) = (_denoising!, _plan!.BytesPerStep * report.Steps);
        (_plan, _boundary, _denoising) = (null, null, null);
        denoising.Complete(report with { BytesLoaded = bytes });
    }

    // The event carries an index, so that nothing is allocated per call in steady state.
    private ValueTask<DeviceReport> At(Instant due)
    {
        var completion = _pool.Rent();
        if (_free.TryPop(out var token))
        {
            _pending[token] = completion;
        }
        else
        {
            token = _pending.Count;
            _pending.Add(completion);
        }

        _calendar.Schedule(due, Phase.Completion, this, token);
        return completion.Task;
    }

    // A call that is under way when the device fails still ends when it would have: only its answer is a fault.
    private void Answer(int token)
    {
        var completion = _pending[token]!;
        _pending[token] = null;
        _free.Push(token);
        completion.Complete(_failed ? DeviceReport.Failed(FailureReason) : DeviceReport.Done);
    }
}
