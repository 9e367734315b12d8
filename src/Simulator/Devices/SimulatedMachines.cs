using SimServe.Policies;
using SimServe.Policies.Caches;
using SimServe.Simulator.Engine;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Links;

namespace SimServe.Simulator.Devices;

// The hosts and devices of one run, and what goes wrong with them.
internal sealed class SimulatedMachines : IEventHandler
{
    private const string FailureReason = "it failed as the scenario asks";

    private readonly EventCalendar _calendar;
    private readonly IReadOnlyList<Fault> _faults;
    private readonly RecordingStore _store;
    private readonly SimulatedHost[] _hosts;
    private readonly PeerPorts? _peers;
    private readonly bool _isBounded;

    public SimulatedMachines(Simulation simulation, EventCalendar calendar)
    {
        (_calendar, _faults) = (calendar, simulation.Faults);
        var (fleet, network) = (simulation.Fleet, new LinkNetwork(calendar));
        var steps = simulation.TemplateSteps ?? (simulation.Requests.Count > 0 ? simulation.Requests[0].Steps : 1);
        var links = Enumerable.Range(0, fleet.Host.CacheHosts).Select(host => fleet.Host.CacheHostBytesPerSecond is { } bandwidth
            ? network.AddLink($"cache host {host}", bandwidth)
            : null).ToArray();
        _store = new RecordingStore(simulation.WarmTemplates, fleet.Host.CacheHosts, links);
        var sizes = new TemplateSizes(simulation.Model, steps);
        CheckRoom(fleet.Host.DeviceCacheBytes, simulation.Model.DeviceCacheBytes(steps));
        _isBounded = fleet.Host.MemoryBytes is not null;
        _peers = fleet.Host.Peers is { } peers ? new PeerPorts(peers, network) : null;
        var hosts = fleet.Workers.Select(static worker => worker.Host).Concat(fleet.ControlNets.Devices.Select(static device => device.Host)).Max() + 1;
        _hosts = Enumerable.Range(0, hosts)
            .Select(number => new SimulatedHost(number, fleet.Host, fleet.Cpu, fleet.Adapters, sizes, _store, _peers, network, calendar)
            {
                Cores = fleet.ComputeShares is { Count: > 0 } shares ? new SharedCores(shares) : null,
                AdapterLoads = fleet.Adapters.RemoteLoads == AdapterOptions.Measured ? new AdapterLoads(calendar, simulation.Policies.Seed) : null,
            }).ToArray();
        var (gateway, variation) = (new ProcessPool(1), new ServiceVariation(fleet.ComputeFactor, fleet.ServiceSpread ?? [], unchecked((simulation.Policies.Seed << 20) + fleet.ServiceDraw)));
        Devices = [.. fleet.Workers.Select(worker => new SimulatedDevice(
            new SimulatedDeviceOptions
            {
                Name = worker.Name,
                Spec = worker.Device,
                Model = simulation.Model,
                Costs = worker.Costs,
                TemplateSteps = steps,
                Adapters = fleet.Adapters,
                Cpu = fleet.Cpu,
                CoalesceSteps = simulation.CoalesceSteps,
                Variation = variation,
                Patches = fleet.Patches,
            },
            calendar,
            _hosts[worker.Host],
            gateway)
        {
            ControlOut = ControlLink(worker.Name, "out"),
            ControlIn = ControlLink(worker.Name, "in"),
        })];
        ControlNets = [.. fleet.ControlNets.Devices.Select(device => new SimulatedControlNets(device, simulation, _hosts[device.Host], network, calendar))];
        foreach (var device in Devices)
        {
            device.Services = ControlNets;
        }

        Link? ControlLink(string name, string way) => fleet.ControlNets is { Devices.Count: > 0, BytesPerSecond: { } bandwidth } ? network.AddLink($"{name} controls {way}", bandwidth) : null;

        for (var i = 0; i < _faults.Count; i++)
        {
            calendar.Schedule(BeginOf(_faults[i]), Phase.Completion, this, 2 * i);
        }
    }

    public SimulatedDevice[] Devices { get; }

    // Those that run ControlNets for them.
    public SimulatedControlNets[] ControlNets { get; }

    // What happened to templates' caches so far; null where hosts alone keep them, and without a bound.
    public TemplateCacheUse? CacheUse() => _peers is null && !_isBounded && Array.TrueForAll(Devices, static device => device.Cache is null)
        ? null
        : new TemplateCacheUse
        {
            DeviceHits = Devices.Sum(static device => device.Cache?.Hits ?? 0),
            DeviceMisses = Devices.Sum(static device => device.Cache?.Misses ?? 0),
            DeviceEvictions = Devices.Sum(static device => device.Cache?.Evictions ?? 0),
            DiskFetches = _hosts.Sum(static host => host.DiskFetches),
            PeerFetches = _hosts.Sum(static host => host.PeerFetches),
            StoreFetches = _hosts.Sum(static host => host.StoreFetches),
            HostEvictions = _hosts.Sum(static host => host.Evictions),
            HostUses = _hosts.Sum(static host => host.Uses),
            HostWaits = _hosts.Sum(static host => host.Waits),
            Recordings = _hosts.Sum(static host => host.Recordings),
            BytesFetched = _hosts.Sum(static host => host.BytesFetched),
        };

    // Even tokens begin a fault, odd ones end it.
    void IEventHandler.Handle(int token)
    {
        var (fault, begins) = (_faults[token / 2], token % 2 == 0);
        switch (fault)
        {
            case LostWorker lost:
                Lose(Devices[lost.Worker]);
                break;
            case SpotPreemption preemption:
                Lose(Devices[preemption.Worker]);
                break;
            case SlowWorker slow:
                Devices[slow.Worker].SlowDown(begins ? slow.Factor : 1);
                EndAfter(slow.For, token, begins);
                break;
            case LinkBrownout brownout:
                Devices[brownout.Worker].LimitLink(begins ? brownout.Share : 1);
                EndAfter(brownout.For, token, begins);
                break;
            case LostControlNetDevice lost:
                ControlNets[lost.Device].Fail(FailureReason);
                break;
            case LostCacheHost host:
                _store.Lose(host.Host);
                break;
            default:
                throw new InvalidOperationException($"Nobody knows how to cause {fault}.");
        }
    }

    private static void CheckRoom(long deviceBytes, long templateBytes)
    {
        if (deviceBytes != 0 && deviceBytes < templateBytes)
        {
            throw new ArgumentException($"{nameof(HostOptions.DeviceCacheBytes)}: found {deviceBytes}; allowed: 0, or at least the {templateBytes} bytes of one template. Give devices room for a template, or none.");
        }
    }

    private static Instant BeginOf(Fault fault) => fault is SpotPreemption preemption ? fault.At + preemption.Notice : fault.At;

    // A machine without a device that works is gone, with what its memory held.
    private void Lose(SimulatedDevice lost)
    {
        lost.Fail();
        if (_peers is not null && Array.TrueForAll(Devices, device => device.Host != lost.Host || device.HasFailed))
        {
            _peers.Lose(lost.Host);
        }
    }

    private void EndAfter(TimeSpan time, int token, bool begins)
    {
        if (begins)
        {
            _calendar.Schedule(_calendar.Now + time, Phase.Completion, this, token + 1);
        }
    }
}
