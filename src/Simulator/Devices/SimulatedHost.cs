using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Caches;
using SimServe.Simulator.Engine;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Links;

namespace SimServe.Simulator.Devices;

/// <summary>What the simulated devices of one machine share: host memory and disk with templates' activation caches, their links, its processes.</summary>
/// <remarks>
/// A template that is not in memory is fetched from the disk or from the store, once for all who wait for it. What does not fit into memory beside
/// what is in use is held for its users only. Steps' loads share the memory's bandwidth in proportion to their devices' links; fetches
/// cross the memory as a link of the network. The two do not slow each other: simplified, since fetches are bound by slower links.
/// </remarks>
internal sealed class SimulatedHost : IEventHandler
{
    private const int Memory = 0;
    private const int Disk = 1;

    private readonly HostOptions _options;
    private readonly EventCalendar _calendar;
    private readonly RecordingStore _store;
    private readonly LinkNetwork _network;
    private readonly CachedObject _template;
    private readonly TieredCache<TemplateId>? _tiers;
    private readonly Link? _memoryLink;
    private readonly Link? _diskLink;
    private readonly Link? _networkLink;
    private readonly HashSet<TemplateId> _unbounded = [];
    private readonly Dictionary<TemplateId, int> _transient = [];
    private readonly Dictionary<TemplateId, Fetch> _fetches = [];
    private readonly List<Fetch> _slots = [];
    private readonly Stack<int> _freeSlots = new();
    private readonly Dictionary<Link, Route> _routes = [];
    private readonly List<SimulatedDevice> _loading = [];
    private readonly CompletionPool<DeviceReport> _pool = new();
    private bool _hasModel;

    // Null until somebody reads the model.
    private List<Completion<bool>>? _waitingForModel;
    private double _demand;

    public SimulatedHost(
        int number, HostOptions options, CpuStages cpu, AdapterOptions adapters, long templateBytes, RecordingStore store, LinkNetwork network, EventCalendar calendar)
    {
        (_options, _store, _network, _calendar) = (options, store, network, calendar);
        Processes = new ProcessPool(cpu.Processes);
        _template = new CachedObject(Math.Max(1, templateBytes), templateBytes / options.DiskBytesPerSecond);
        Adapters = new BoundedCache<int>(adapters.HostBytes, EvictionPolicies.Create(adapters.Eviction));
        if (options.MemoryBytes is { } memory)
        {
            var policy = EvictionPolicies.Create(options.Eviction);
            _tiers = new TieredCache<TemplateId>("store", new CacheTier("memory", memory, policy), new CacheTier("disk", options.DiskBytes, policy));
        }

        _memoryLink = LinkOf($"host {number} memory", options.MemoryBytesPerSecond, TimeSpan.Zero);
        _networkLink = LinkOf($"host {number} network", options.NetworkBytesPerSecond, options.NetworkLatency);
        _hasModel = options.ModelBytes == 0;
        _diskLink = options.DiskBytes > 0 || (!_hasModel && options.ModelFrom == HostOptions.FromDisk) ? network.AddLink($"host {number} disk", options.DiskBytesPerSecond) : null;
    }

    public ProcessPool Processes { get; }

    // Of the model's weights.
    public long ModelBytes => _options.ModelBytes;

    // Adapters in host memory.
    public BoundedCache<int> Adapters { get; }

    // Fetches of templates begun.
    public long DiskFetches { get; private set; }

    public long StoreFetches { get; private set; }

    // Templates that left memory for others.
    public long Evictions => _tiers?.EvictionsOf(Memory) ?? 0;

    // What a device of this host keeps in its own memory, or null.
    public DeviceCache? NewDeviceCache(DeviceSpec device) => _options.DeviceCacheBytes == 0
        ? null
        : new DeviceCache(
            _options.DeviceCacheBytes,
            EvictionPolicies.Create(_options.Eviction),
            _template with { ReloadSeconds = _template.Bytes / device.LinkBytesPerSecond });

    // Whether a device may use the template now.
    public bool Holds(TemplateId template) => _tiers is null
        ? _store.HoldsEverything || _unbounded.Contains(template) || (_options.NetworkBytesPerSecond is null && _options.CacheHostBytesPerSecond is null && _store.Holds(template))
        : _tiers.Holds(template, Memory) || _transient.ContainsKey(template);

    // Whether it lies somewhere, so that it need not be recorded.
    public bool IsRecorded(TemplateId template) => _store.Holds(template) || (_tiers?.Locate(template) ?? 2) < 2 || _unbounded.Contains(template);

    public void Pin(TemplateId template)
    {
        if (_tiers is null)
        {
            return;
        }

        if (_transient.TryGetValue(template, out var users))
        {
            _transient[template] = users + 1;
        }
        else
        {
            _tiers.Use(template, _template);
            _tiers.Pin(template, Memory);
        }
    }

    public void Unpin(TemplateId template)
    {
        if (_tiers is null || _tiers.Unpin(template, Memory) || !_transient.TryGetValue(template, out var users))
        {
            return;
        }

        // The first one in the count is the fetch itself.
        if (users <= 2)
        {
            _transient.Remove(template);
        }
        else
        {
            _transient[template] = users - 1;
        }
    }

    // A template was recorded by one of the host's devices.
    public void Add(TemplateId template)
    {
        _store.Add(template);
        Arrive(template, awaited: true);
    }

    public void Prefetch(TemplateId template)
    {
        if (_options.Prefetch && !Holds(template) && !_fetches.ContainsKey(template) && IsRecorded(template))
        {
            Begin(template);
        }
    }

    // Completes when a recorded template has arrived.
    public Pending<DeviceReport> FetchTemplate(TemplateId template)
    {
        if (!_fetches.TryGetValue(template, out var fetch))
        {
            fetch = Begin(template);
        }

        // Where nothing takes time it is there already.
        if (fetch is null)
        {
            return new Pending<DeviceReport>(DeviceReport.Done);
        }

        var completion = _pool.Rent();
        fetch.Waiting.Add(completion);
        return completion.Pending;
    }

    // Completes when the model's weights are in host memory: read once, for all who wait.
    public async Pending FetchModel()
    {
        if (_hasModel)
        {
            return;
        }

        if (_waitingForModel is not null)
        {
            var read = new Completion<bool>();
            _waitingForModel.Add(read);
            await read.Pending;
            return;
        }

        _waitingForModel = [];
        var source = _options.ModelFrom == HostOptions.FromDisk ? RouteOver(_diskLink, _memoryLink) : RouteOver(null, _networkLink);
        if (source is { } route)
        {
            await _network.Transfer(route, _options.ModelBytes);
        }

        _hasModel = true;
        foreach (var waiting in _waitingForModel)
        {
            waiting.Complete(true);
        }
    }

    // Something else that comes over the host's network, an adapter.
    public async Pending FetchRemote(long bytes)
    {
        if (RouteOver(null, _networkLink) is { } route)
        {
            await _network.Transfer(route, bytes);
        }
    }

    // A device begins or ends steps that load, or its link changes: every other one that loads gets another share of the memory's bandwidth.
    public void BeginLoads(SimulatedDevice device)
    {
        if (_options.MemoryBytesPerSecond is null)
        {
            return;
        }

        _loading.Add(device);
        Share();
    }

    public void EndLoads(SimulatedDevice device)
    {
        if (_options.MemoryBytesPerSecond is not null && _loading.Remove(device))
        {
            Share();
        }
    }

    public void Share()
    {
        if (_options.MemoryBytesPerSecond is not { } bandwidth)
        {
            return;
        }

        var before = LoadShare;
        _demand = 0;
        foreach (var device in _loading)
        {
            _demand += device.LinkBytesPerSecond;
        }

        LoadShare = _demand <= bandwidth ? 1 : bandwidth / _demand;
        for (var i = 0; LoadShare != before && i < _loading.Count; i++)
        {
            _loading[i].Reprice();
        }
    }

    // Share of its link that every loading device gets.
    public double LoadShare { get; private set; } = 1;

    void IEventHandler.Handle(int token)
    {
        var fetch = _slots[token];
        _fetches.Remove(fetch.Template);
        Arrive(fetch.Template, fetch.Waiting.Count > 0);
        for (var i = 0; i < fetch.Waiting.Count; i++)
        {
            fetch.Waiting[i].Complete(DeviceReport.Done);
        }

        fetch.Waiting.Clear();
        _freeSlots.Push(token);
    }

    private Fetch? Begin(TemplateId template)
    {
        var onDisk = _tiers?.Holds(template, Disk) ?? false;
        var route = onDisk ? RouteOver(_diskLink, _memoryLink) : RouteOver(_store.LinkOf(template), _networkLink);
        if (route is null)
        {
            Arrive(template, awaited: true);
            return null;
        }

        if (!_freeSlots.TryPop(out var slot))
        {
            slot = _slots.Count;
            _slots.Add(new Fetch());
        }

        var fetch = _slots[slot];
        fetch.Template = template;
        _fetches.Add(template, fetch);
        Count(onDisk);
        _network.Start(route, _template.Bytes, this, slot);
        return fetch;
    }

    private void Count(bool fromDisk)
    {
        if (fromDisk)
        {
            DiskFetches++;
        }
        else
        {
            StoreFetches++;
        }
    }

    // What has no room and nobody waits for is not kept.
    private void Arrive(TemplateId template, bool awaited)
    {
        if (_tiers is null)
        {
            _unbounded.Add(template);
        }
        else if (!_tiers.Promote(template, _template, Memory) && awaited)
        {
            _transient.TryAdd(template, 1);
        }
    }

    private Link? LinkOf(string name, double? bytesPerSecond, TimeSpan latency) =>
        bytesPerSecond is { } bandwidth ? _network.AddLink(name, bandwidth, latency) : null;

    // At most three links; a route is made once.
    private Route? RouteOver(Link? first, Link? second)
    {
        var key = first ?? second ?? _memoryLink;
        if (key is null)
        {
            return null;
        }

        if (!_routes.TryGetValue(key, out var route))
        {
            Link?[] links = [first, second, _memoryLink];
            route = _network.AddRoute([.. links.OfType<Link>().Distinct()]);
            _routes.Add(key, route);
        }

        return route;
    }

    private sealed class Fetch
    {
        public TemplateId Template { get; set; }

        public List<Completion<DeviceReport>> Waiting { get; } = [];
    }
}
