using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Serving;
using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Devices;

/// <summary>A device in virtual time: sleeps for what the one evaluator says its plan takes.</summary>
/// <remarks>
/// While membership is fixed every step takes the same time, so k steps are one event; when the bell rings that event moves to the next
/// step boundary. Step boundaries come first among simultaneous events (<see cref="Phase.StepBoundary"/>), so a bell rung at a boundary's
/// instant takes effect at the following boundary, coalesced or not.
/// </remarks>
public sealed class SimulatedDevice : IDevice, IEventHandler
{
    private const int StepEvent = 0;
    private const int FailureEvent = 1;
    private const string FailureReason = "it failed as the scenario asks";

    private readonly SimulatedDeviceOptions _options;
    private readonly EventCalendar _calendar;
    private readonly SimulatedHost _host;
    private readonly PendingReports _pending;
    private readonly CompletionPool<DeviceReport> _pool = new();
    private readonly BlockCost[] _costs;
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
        _pending = new PendingReports(calendar);
        _costs = new BlockCost[options.Model.Blocks.Count];
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
    public int StepsDone => _plan is null
        ? 0
        : _options.CoalesceSteps ? (int)Math.Min(_steps, (_calendar.Now - _start).Ticks / _step.Ticks) : _counted;

    /// <inheritdoc/>
    public bool Holds(TemplateId template) => _host.Holds(template);

    /// <inheritdoc/>
    public async ValueTask<DeviceReport> Stage(TemplateId template)
    {
        var report = await Busy(_calendar.Now + _options.Costs.Record(_options.TemplateSteps));
        if (report.Fault is null)
        {
            _host.Add(template);
        }

        return report;
    }

    /// <inheritdoc/>
    public ValueTask<DeviceReport> Encode(Request request) =>
        Busy(_besideFree = Instant.Max(_besideFree, _calendar.Now) + _options.Costs.Encode);

    /// <inheritdoc/>
    public ValueTask<DeviceReport> Decode(RequestId id) =>
        Busy(_besideFree = Instant.Max(_besideFree, _calendar.Now) + _options.Costs.Decode);

    /// <inheritdoc/>
    public ValueTask<DeviceReport> Denoise(StepPlan plan, int maxSteps, StepBoundary boundary)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSteps, 1);
        if (_failed)
        {
            return new ValueTask<DeviceReport>(DeviceReport.Failed(FailureReason));
        }

        (_plan, _boundary, _start, _steps, _counted) = (plan, boundary, _calendar.Now, maxSteps, 0);
        _step = StepTime(plan);
        _denoising = _pool.Rent();
        boundary.Rung = OnBell;
        _event = _calendar.Schedule(_start + (_step * (_options.CoalesceSteps ? maxSteps : 1)), Phase.StepBoundary, this, StepEvent);
        return _denoising.Task;
    }

    void IEventHandler.Handle(int token)
    {
        if (token == FailureEvent)
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

    private TimeSpan StepTime(StepPlan plan)
    {
        var maskedTokens = 0;
        for (var i = 0; i < plan.Members.Count; i++)
        {
            maskedTokens += plan.Members[i].MaskedTokens;
        }

        BatchCosts.Fill(_options.Model, _options.Costs, plan.Members.Count, maskedTokens, _costs);
        BlockMode[] modes = plan.Modes as BlockMode[] ?? [.. plan.Modes];
        var time = StepTimeline.Evaluate(_costs, modes, plan.LookAhead) + _options.Costs.StepOverhead(plan.Members.Count);

        // A step takes at least one tick: zero would never let time pass.
        return time > TimeSpan.Zero ? time : new TimeSpan(1);
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
            _event = _calendar.Schedule(_start + (_step * _steps), Phase.StepBoundary, this, StepEvent);
        }
    }

    private void Fail()
    {
        _failed = true;
        if (_plan is not null)
        {
            _calendar.Cancel(_event);
            Finish(new DeviceReport(StepsDone, 0, FailureReason));
        }
    }

    private void Finish(DeviceReport report)
    {
        var (denoising, bytes) = (_denoising!, _plan!.BytesPerStep * report.Steps);
        (_plan, _boundary, _denoising) = (null, null, null);
        denoising.Complete(report with { BytesLoaded = bytes });
    }

    // A call that is under way when the device fails still ends when it would have: only its answer is a fault.
    private async ValueTask<DeviceReport> Busy(Instant due)
    {
        await _pending.At(due, DeviceReport.Done);
        return _failed ? DeviceReport.Failed(FailureReason) : DeviceReport.Done;
    }
}
