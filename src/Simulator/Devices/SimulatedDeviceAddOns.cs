using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Batching;
using SimServe.Policies.Costs;
using SimServe.Policies.Serving;
using SimServe.Simulator.Links;

namespace SimServe.Simulator.Devices;

// A simulated device's ControlNets and LoRAs.
internal sealed partial class SimulatedDevice
{
    private readonly Dictionary<long, int> _open = [];
    private AdapterSet _merged = AdapterSet.None;
    private StepPart _part;

    // Steps whose ControlNets have been asked for so far, in the whole run, and the one whose answers the step under way needs.
    private long _asked;
    private long _needed;

    // The parts of a step whose ControlNets run on other devices.
    private enum StepPart
    {
        Whole,
        Encoder,
        Waiting,
        Decoder,
    }

    /// <summary>Devices that run ControlNets for it.</summary>
    public IReadOnlyList<SimulatedControlNets> Services { get; set; } = [];

    /// <summary>Its link to those, or <c>null</c> where that takes no time.</summary>
    public Link? ControlOut { get; init; }

    /// <inheritdoc cref="ControlOut"/>
    public Link? ControlIn { get; init; }

    /// <inheritdoc/>
    public IControlNetHost ControlNets => _controlNets;

    /// <inheritdoc/>
    public IAdapterStore? AdapterStore { get; }

    /// <inheritdoc/>
    public bool HoldsLoras(AdapterSet adapters)
    {
        foreach (var lora in adapters.Loras)
        {
            if (!HoldsLora(lora))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public Pending<DeviceReport> FetchLoras(in Request request) => FetchLoras(request.Adapters);

    /// <inheritdoc/>
    public Pending<DeviceReport> Patch(AdapterSet adapters)
    {
        var (came, went) = (Without(adapters, _merged), Without(_merged, adapters));
        _merged = adapters;
        return At(_calendar.Now + new TimeSpan((came * _options.Adapters.Patch.Ticks) + (went * _options.Adapters.Unpatch.Ticks)));
    }

    /// <summary>The residuals of one call of a step are here.</summary>
    /// <param name="step">The step's number among those that asked.</param>
    public void ControlsArrived(long step)
    {
        if (_open.TryGetValue(step, out var open))
        {
            if (open > 1)
            {
                _open[step] = open - 1;
                return;
            }

            _open.Remove(step);
        }

        if (_part == StepPart.Waiting && !_open.ContainsKey(_needed))
        {
            BeginDecoder();
        }
    }

    /// <summary>A device that was asked for residuals is lost: the step under way comes to nothing.</summary>
    /// <param name="fault">Why.</param>
    public void ControlsLost(string fault)
    {
        if (_plan is null || _part == StepPart.Whole)
        {
            return;
        }

        _calendar.Cancel(_event);
        _open.Clear();
        Finish(new DeviceReport(_counted, 0, null) { ControlFault = fault });
    }

    private static int Without(AdapterSet adapters, AdapterSet others)
    {
        var count = 0;
        foreach (var lora in adapters.Loras)
        {
            count += others.Loras.Contains(lora) ? 0 : 1;
        }

        return count;
    }

    private int Missing(AdapterSet adapters)
    {
        var missing = 0;
        foreach (var controlNet in adapters.ControlNets)
        {
            missing += _controlNets.Holds(controlNet) ? 0 : 1;
        }

        foreach (var lora in adapters.Loras)
        {
            missing += HoldsLora(lora) ? 0 : 1;
        }

        return missing;
    }

    private void PinLoras(AdapterSet adapters)
    {
        for (var i = 0; i < adapters.Loras.Count; i++)
        {
            _loras.Pin(adapters.Loras[i]);
        }
    }

    private void UnpinLoras(AdapterSet adapters)
    {
        for (var i = 0; i < adapters.Loras.Count; i++)
        {
            _loras.Unpin(adapters.Loras[i]);
        }
    }

    private AdapterMemory MemoryOf(bool isLora) => new(
        new AdapterMemoryOptions
        {
            IsLora = isLora,
            Bytes = isLora ? _options.Adapters.LoraBytes : _options.Adapters.ControlNetBytes,
            CapacityBytes = isLora ? _options.Adapters.LoraDeviceBytes : _options.Adapters.DeviceBytes,
            Preparation = isLora ? _options.Adapters.LoraPreparation : TimeSpan.Zero,
            LinkBytesPerSecond = () => LinkBytesPerSecond,
            Fault = () => _failed ? FailureReason : null,
        },
        _host,
        _calendar);

    // What is merged needs no other copy.
    private bool HoldsLora(int lora) => _merged.Loras.Contains(lora) || _loras.Holds(lora);

    private async Pending<DeviceReport> FetchLoras(AdapterSet adapters)
    {
        foreach (var lora in adapters.Loras)
        {
            if (!HoldsLora(lora) && await _loras.Load(lora) is { Fault: not null } failed)
            {
                return failed;
            }
        }

        return DeviceReport.Done;
    }

    private bool ChangesText(AdapterSet adapters)
    {
        for (var i = 0; i < adapters.Loras.Count; i++)
        {
            if (_options.Adapters.ChangesText(adapters.Loras[i]))
            {
                return true;
            }
        }

        return false;
    }

    private async Pending<DeviceReport> EncodeWithLoras(Request request, PrePostPlace place)
    {
        var fetched = await FetchLoras(request.Adapters);
        return fetched.Fault is null ? await Encode(request, place) : fetched;
    }

    private static bool NeedsAnswers(StepPlan plan)
    {
        for (var i = 0; i < plan.Controls.Count; i++)
        {
            if (plan.Controls[i].Device is not null)
            {
                return true;
            }
        }

        return false;
    }

    private double UnmergedFactor(StepPlan plan)
    {
        // By number: an enumerator of a list behind an interface would be allocated at every step.
        var (members, loras) = (plan.Members, 0);
        for (var i = 0; i < members.Count; i++)
        {
            loras += members[i].Loras?.Loras.Count ?? 0;
        }

        return loras == 0 ? 1 : 1 + (_options.Adapters.UnmergedShare * loras / plan.Members.Count);
    }

    // ControlNets on the device itself run one after another before its U-Net.
    private TimeSpan LocalControls(StepPlan plan) => _model.ControlNet?.LocalTime(_contended, plan, _model.Branches) ?? TimeSpan.Zero;

    private TimeSpan TimeNow(StepPlan plan) => _part switch
    {
        StepPart.Encoder => EncoderTime(plan),
        StepPart.Decoder => DecoderTime(plan),
        _ => StepTime(plan),
    };

    private TimeSpan EncoderTime(StepPlan plan)
    {
        var whole = EvaluateContended(plan);
        return Slowed(LocalControls(plan) + UntilDecoder(plan, whole) + WarmUp(plan), plan);
    }

    private TimeSpan DecoderTime(StepPlan plan)
    {
        var whole = EvaluateContended(plan);
        return Slowed(whole - UntilDecoder(plan, whole), plan);
    }

    private TimeSpan EvaluateContended(StepPlan plan)
    {
        _contended.Share = plan.BytesPerStep > 0 ? _linkShare * _host.LoadShare : 1;
        _contended.ComputeShare = (_host.Cores?.Share ?? 1) * _options.Variation.Of(plan.Members);
        return Evaluate(plan);
    }

    // Evaluate has left the blocks' costs. What nobody knows the ControlNets of waits for nothing.
    private TimeSpan UntilDecoder(StepPlan plan, TimeSpan whole) => _model.ControlNet is { } controlNet
        ? StepTimeline.Until(controlNet.DecoderFrom, _blocks, plan.Modes, plan.LookAhead)
        : whole;

    private void BeginEncoder(bool isFirst)
    {
        var plan = _plan!;
        _part = StepPart.Encoder;
        _asked++;
        _open[_asked] = CallsOf(plan);

        // The answers of the step before are those of other members where the batch has just changed: its first step waits for its own.
        _needed = plan.ControlMode == ControlMode.OneStepStale && !isFirst ? _asked - 1 : _asked;
        _start = _calendar.Now;
        _step = EncoderTime(plan);
        ScheduleSteps();
        for (var i = 0; i < plan.Controls.Count && ReferenceEquals(_plan, plan) && _part == StepPart.Encoder; i++)
        {
            if (plan.Controls[i] is { Device: { } device } call && plan.IsFirstOf(i))
            {
                Services[device].Submit(new ControlRequest(this, _asked, call.ControlNet, plan.ImagesOf(i), _model));
            }
        }
    }

    private static int CallsOf(StepPlan plan)
    {
        var calls = 0;
        for (var i = 0; i < plan.Controls.Count; i++)
        {
            calls += plan.Controls[i].Device is not null && plan.IsFirstOf(i) ? 1 : 0;
        }

        return calls;
    }

    private void PartDone()
    {
        if (_part == StepPart.Decoder)
        {
            EndStep();
        }
        else if (_open.ContainsKey(_needed))
        {
            // It computes nothing meanwhile.
            (_part, _step) = (StepPart.Waiting, TimeSpan.Zero);
            _host.Cores?.End(this);
        }
        else
        {
            BeginDecoder();
        }
    }

    private void BeginDecoder()
    {
        if (_part == StepPart.Waiting)
        {
            _host.Cores?.Begin(this);
        }

        _part = StepPart.Decoder;
        _start = _calendar.Now;
        _step = DecoderTime(_plan!);
        ScheduleSteps();
    }

    private void EndStep()
    {
        if (++_counted == _steps || _boundary!.Requested)
        {
            Finish(new DeviceReport(_counted, 0, null));
        }
        else
        {
            BeginEncoder(isFirst: false);
        }
    }
}
