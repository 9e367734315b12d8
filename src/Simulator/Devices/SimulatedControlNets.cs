using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Serving;
using SimServe.Simulator.Engine;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Links;

namespace SimServe.Simulator.Devices;

/// <summary>A device that runs ControlNets for workers in virtual time: calls come over its link, are answered one after another, and their residuals go back.</summary>
/// <remarks>First come, first served; calls that wait for the same ControlNet are answered together, up to a number of images.</remarks>
internal sealed class SimulatedControlNets : IControlNetService, IEventHandler, IComputing
{
    private const int DoneEvent = -1;

    private readonly ControlNetDevice _device;
    private readonly ControlNetFleet _fleet;
    private readonly TokenGrid _grid;
    private readonly SimulatedHost _host;
    private readonly double _pace;
    private readonly EventCalendar _calendar;
    private readonly LinkNetwork _network;
    private readonly Link? _in;
    private readonly Link? _out;
    private readonly Dictionary<SimulatedDevice, (Route In, Route Out)> _routes = [];
    private readonly AdapterMemory _memory;
    private readonly List<ControlRequest> _queue = [];
    private readonly List<ControlRequest> _answering = [];
    private readonly List<ControlRequest?> _moving = [];
    private readonly Stack<int> _free = new();
    private EventHandle _event;
    private Instant _start;
    private TimeSpan _time;
    private TimeSpan _alone;

    public SimulatedControlNets(ControlNetDevice device, Simulation simulation, SimulatedHost host, LinkNetwork network, EventCalendar calendar)
    {
        var (fleet, adapters) = (simulation.Fleet.ControlNets, simulation.Fleet.Adapters);
        (_device, _fleet, _grid, _host, _pace, _network, _calendar) = (device, fleet, simulation.Model.Grid, host, simulation.Fleet.ComputeFactor, network, calendar);
        if (fleet.BytesPerSecond is { } bandwidth)
        {
            _in = network.AddLink($"{device.Name} in", bandwidth, fleet.Latency);
            _out = network.AddLink($"{device.Name} out", bandwidth, fleet.Latency);
        }

        _memory = new AdapterMemory(
            new AdapterMemoryOptions
            {
                IsLora = false,
                Bytes = adapters.ControlNetBytes,
                CapacityBytes = adapters.DeviceBytes,
                LinkBytesPerSecond = () => device.Device.LinkBytesPerSecond,
                Fault = () => Fault,
            },
            host,
            calendar);
    }

    /// <inheritdoc/>
    public string Name => _device.Name;

    /// <inheritdoc/>
    public string? Fault { get; private set; }

    /// <inheritdoc/>
    public bool Holds(int controlNet) => _memory.Holds(controlNet);

    /// <inheritdoc/>
    public Pending<DeviceReport> Load(int controlNet) => _memory.Load(controlNet);

    /// <inheritdoc/>
    public void Pin(int controlNet) => _memory.Pin(controlNet);

    /// <inheritdoc/>
    public void Unpin(int controlNet) => _memory.Unpin(controlNet);

    /// <inheritdoc/>
    public TimeSpan Answer(ModelShape model, int images)
    {
        ArgumentNullException.ThrowIfNull(model);
        var time = TimeAlone(model, images);
        return _fleet.BytesPerSecond is { } bandwidth
            ? time + _fleet.Latency + _fleet.Latency + Duration.FromSeconds((LatentBytes(model, images) + ResidualBytes(model, images)) / bandwidth)
            : time;
    }

    /// <summary>A worker's step asks for residuals; the worker hears of them, or of the device's loss.</summary>
    public void Submit(ControlRequest call)
    {
        if (Fault is { } fault)
        {
            call.Caller.ControlsLost(fault);
        }
        else if (_in is not null)
        {
            Move(RoutesTo(call.Caller).In, LatentBytes(call.Model, call.Images), call);
        }
        else
        {
            Arrive(call);
        }
    }

    /// <summary>Loses the device for good.</summary>
    public void Fail(string reason)
    {
        Fault = reason;
        _calendar.Cancel(_event);
        _host.Cores?.End(this);
        ControlRequest[] lost = [.. _queue, .. _answering, .. _moving.OfType<ControlRequest>()];
        _queue.Clear();
        _answering.Clear();
        foreach (var call in lost)
        {
            call.Caller.ControlsLost(reason);
        }
    }

    /// <inheritdoc/>
    public void Reprice()
    {
        // It may be about to begin.
        if (_answering.Count == 0 || _time == TimeSpan.Zero)
        {
            return;
        }

        var (time, now) = (Contended(), _calendar.Now);
        if (time != _time)
        {
            var done = (Int128)(now - _start).Ticks * time.Ticks / _time.Ticks;
            (_start, _time) = (now - new TimeSpan((long)done), time);
            _calendar.Cancel(_event);
            _event = _calendar.Schedule(Instant.Max(now, _start + _time), Phase.Completion, this, DoneEvent);
        }
    }

    void IEventHandler.Handle(int token)
    {
        if (token == DoneEvent)
        {
            Answered();
            return;
        }

        var call = _moving[token]!;
        _moving[token] = null;
        _free.Push(token);
        if (Fault is not null)
        {
            return;
        }

        if (call.IsAnswered)
        {
            call.Caller.ControlsArrived(call.Step);
        }
        else
        {
            Arrive(call);
        }
    }

    private void Arrive(ControlRequest call)
    {
        _queue.Add(call);
        if (_answering.Count == 0)
        {
            AnswerNext();
        }
    }

    private void AnswerNext()
    {
        if (_queue.Count == 0)
        {
            return;
        }

        var (first, images) = (_queue[0], 0);
        for (var i = 0; i < _queue.Count;)
        {
            var call = _queue[i];
            if (images == 0 || (call.ControlNet == first.ControlNet && ReferenceEquals(call.Model, first.Model) && images + call.Images <= _fleet.MaxBatch))
            {
                images += call.Images;
                _answering.Add(call);
                _queue.RemoveAt(i);
            }
            else
            {
                i++;
            }
        }

        _alone = TimeAlone(first.Model, images);
        _host.Cores?.Begin(this);
        (_start, _time) = (_calendar.Now, Contended());
        _event = _calendar.Schedule(_start + _time, Phase.Completion, this, DoneEvent);
    }

    private void Answered()
    {
        _time = TimeSpan.Zero;
        _host.Cores?.End(this);
        ControlRequest[] answered = [.. _answering];
        _answering.Clear();
        AnswerNext();
        foreach (var call in answered)
        {
            if (_out is not null)
            {
                Move(RoutesTo(call.Caller).Out, ResidualBytes(call.Model, call.Images), call with { IsAnswered = true });
            }
            else
            {
                call.Caller.ControlsArrived(call.Step);
            }
        }
    }

    // A worker has a link of its own too, which all that it asks of these devices crosses.
    private (Route In, Route Out) RoutesTo(SimulatedDevice worker)
    {
        if (!_routes.TryGetValue(worker, out var routes))
        {
            _routes.Add(worker, routes = (_network.AddRoute(worker.ControlOut!, _in!), _network.AddRoute(_out!, worker.ControlIn!)));
        }

        return routes;
    }

    private void Move(Route route, long bytes, ControlRequest call)
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _moving.Count;
            _moving.Add(null);
        }

        _moving[slot] = call;
        _network.Start(route, bytes, this, slot);
    }

    // At least a tick: zero would never let time pass.
    private TimeSpan Contended() => new(Math.Max(1, (_alone * ((_host.Cores?.Share ?? 1) * _pace)).Ticks));

    private TimeSpan TimeAlone(ModelShape model, int images) =>
        model.ControlNet?.Time(model.Grid == _grid ? _device.Costs : _device.Costs.At(model), images * Branches(model)) ?? TimeSpan.Zero;

    private int Branches(ModelShape model) => _fleet.Branches ?? model.Branches;

    private static long LatentBytes(ModelShape model, int images) => Math.Max(1, images * (model.ControlNet?.LatentBytes ?? 0));

    private long ResidualBytes(ModelShape model, int images) => Math.Max(1, images * Branches(model) * (model.ControlNet?.ResidualBytes ?? 0));
}
