using SimServe.Policies;
using SimServe.Policies.Caches;
using SimServe.Policies.Serving;
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
internal sealed class SimulatedHost : IEventHandler, IEvictionListener<TemplateId>
{
    private const int Memory = 0;
    private const int Disk = 1;

    private readonly HostOptions _options;
    private readonly EventCalendar _calendar;
    private readonly RecordingStore _store;
    private readonly LinkNetwork _network;
    private readonly TieredCache<TemplateId>? _tiers;
    private readonly Link? _memoryLink;
    private readonly Link? _diskLink;
    private readonly Link? _networkLink;
    private readonly Link? _adapterLink;
    private readonly PeerPorts? _peers;
    private readonly Link? _peerOut;
    private readonly Link? _peerIn;
    private readonly HashSet<TemplateId> _unbounded = [];
    private readonly Dictionary<TemplateId, int> _transient = [];
    private readonly Dictionary<TemplateId, Fetch> _fetches = [];
    private readonly List<Fetch> _slots = [];
    private readonly Stack<int> _freeSlots = new();
    private readonly Dictionary<(Link? First, Link? Second, Link? Third), Route> _routes = [];
    private readonly List<SimulatedDevice> _loading = [];
    private readonly CompletionPool<DeviceReport> _pool = new();
    private Fetch? _answering;
    private bool _hasModel;

    // Null until somebody reads the model.
    private List<Completion<bool>>? _waitingForModel;
    private double _demand;

    public SimulatedHost(
        int number, HostOptions options, CpuStages cpu, AdapterOptions adapters, TemplateSizes sizes, RecordingStore store, PeerPorts? peers, LinkNetwork network, EventCalendar calendar)
    {
        (Number, _options, _store, _peers, _network, _calendar) = (number, options, store, peers, network, calendar);
        Processes = new ProcessPool(cpu.Processes);
        Sizes = sizes;
        Adapters = new BoundedCache<int>(adapters.HostBytes, EvictionPolicies.Create(adapters.Eviction));
        if (options.MemoryBytes is { } memory)
        {
            var policy = EvictionPolicies.Create(options.Eviction);
            _tiers = new TieredCache<TemplateId>("store", new CacheTier("memory", memory, policy), new CacheTier("disk", options.DiskBytes, policy))
            {
                Listener = peers is null ? null : this,
            };
        }

        _memoryLink = LinkOf($"host {number} memory", options.MemoryBytesPerSecond, TimeSpan.Zero);
        _networkLink = LinkOf($"host {number} network", options.NetworkBytesPerSecond, options.NetworkLatency);
        _adapterLink = LinkOf($"host {number} adapters", adapters.BytesPerSecond, TimeSpan.Zero);
        _hasModel = options.ModelBytes == 0;
        _diskLink = options.DiskBytes > 0 || (!_hasModel && options.ModelFrom == HostOptions.FromDisk) ? network.AddLink($"host {number} disk", options.DiskBytesPerSecond) : null;
        if (peers is not null)
        {
            (_peerOut, _peerIn) = peers.Join(this);
        }
    }

    public int Number { get; }

    public ProcessPool Processes { get; }

    // Of the model's weights.
    public long ModelBytes => _options.ModelBytes;

    // Adapters in host memory.
    public BoundedCache<int> Adapters { get; }

    // How long loads of adapters take, where they do not take what their bytes take over the network.
    public AdapterLoads? AdapterLoads { get; init; }

    // Fetches of templates begun.
    public long DiskFetches { get; private set; }

    public long PeerFetches { get; private set; }

    public long StoreFetches { get; private set; }

    // Requests that used memory's copy of their template, times a batch waited for one, templates recorded here, and bytes fetched.
    public long Uses { get; private set; }

    public long Waits { get; private set; }

    public long Recordings { get; private set; }

    public long BytesFetched { get; private set; }

    // Templates that left memory for others.
    public long Evictions => _tiers?.EvictionsOf(Memory) ?? 0;

    // What computing at once does to its devices, or null where it does nothing.
    public SharedCores? Cores { get; init; }

    // How large templates are.
    public TemplateSizes Sizes { get; }

    // What a device of this host keeps in its own memory, or null.
    public DeviceCache? NewDeviceCache(DeviceSpec device) => _options.DeviceCacheBytes == 0
        ? null
        : new DeviceCache(
            _options.DeviceCacheBytes,
            EvictionPolicies.Create(_options.Eviction),
            template => DeviceObjectOf(template, device.LinkBytesPerSecond))
        {
            KeepsAll = Sizes.DevicesKeepAll,
        };

    // Whether a device may use the template now.
    public bool Holds(TemplateId template) => _tiers is null
        ? _store.HoldsEverything || _unbounded.Contains(template) || (_options.NetworkBytesPerSecond is null && _options.CacheHostBytesPerSecond is null && _store.Holds(template))
        : _tiers.Holds(template, Memory) || _transient.ContainsKey(template);

    // Whether it lies somewhere, so that it need not be recorded.
    public bool IsRecorded(TemplateId template) => _store.Holds(template) || (_tiers?.Locate(template) ?? 2) < 2 || _unbounded.Contains(template)
        || (_peers?.Directory.Holds(template) ?? false);

    public void Pin(TemplateId template)
    {
        if (_tiers is null)
        {
            return;
        }

        Uses++;
        if (_transient.TryGetValue(template, out var users))
        {
            _transient[template] = users + 1;
        }
        else
        {
            _tiers.Use(template, ObjectOf(template));
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

    // Who waited for a template is gone. Those whom its arrival has still to be told to want it all the same.
    public void Unstage(TemplateId template)
    {
        var isAwaited = _answering is { } fetch && fetch.Template == template && fetch.Answered < fetch.Waiting.Count;
        if (!isAwaited && _transient.TryGetValue(template, out var users) && users == 1)
        {
            _transient.Remove(template);
        }
    }

    // A template was recorded by one of the host's devices.
    public void Add(TemplateId template)
    {
        Recordings++;
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

    // A batch waits for a template.
    public void NoteWait() => Waits++;

    // How long a recorded template that is not in memory would take, were its fetch begun now where it is not under way.
    public TemplateDelay DelayOf(TemplateId template)
    {
        if (_fetches.TryGetValue(template, out var fetch))
        {
            return new TemplateDelay(_network.TimeLeft(fetch.Transfer), TimeSpan.Zero);
        }

        var time = SourceOf(template).Route is { } route ? _network.TimeOf(route, Sizes.BytesOf(template)) : TimeSpan.Zero;
        return _options.Prefetch ? new TemplateDelay(time, TimeSpan.Zero) : new TemplateDelay(TimeSpan.Zero, time);
    }

    // Completes when a recorded template has arrived.
    public Pending<DeviceReport> FetchTemplate(TemplateId template, SimulatedDevice device)
    {
        if (!_fetches.TryGetValue(template, out var fetch))
        {
            fetch = Begin(template);
        }

        // Where nothing takes time it is there already.
        if (fetch is null)
        {
            return new Pending<DeviceReport>(device.Report);
        }

        var completion = _pool.Rent();
        fetch.Waiting.Add((completion, device));
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

    // Something else that comes over the host's network, an adapter. What nobody has asked for drives nothing out of the host's memory.
    public async Pending FetchAdapter(bool isLora, int number, long bytes, bool isAhead)
    {
        var key = (number * 2) + (isLora ? 1 : 0);
        if (Adapters.TryUse(key))
        {
            return;
        }

        if (AdapterLoads is { } loads)
        {
            await loads.Next(isLora);
        }
        else if (RouteOver(null, _adapterLink ?? _networkLink) is { } route)
        {
            await _network.Transfer(route, bytes);
        }

        if (!isAhead || Adapters.HasRoom(bytes))
        {
            Adapters.Insert(key, new CachedObject(bytes));
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

    // Another machine is gone. Where nobody else has what came from it, it is recorded anew.
    public void PeerLost(SimulatedHost peer)
    {
        for (var slot = 0; slot < _slots.Count; slot++)
        {
            var fetch = _slots[slot];
            if (fetch.From != peer)
            {
                continue;
            }

            _network.Cancel(fetch.Transfer, out _);
            EndUpload(fetch);
            if (IsRecorded(fetch.Template) && SourceOf(fetch.Template) is { Route: not null } source)
            {
                Start(slot, source);
            }
            else
            {
                _fetches.Remove(fetch.Template);
                Answer(slot);
            }
        }
    }

    void IEventHandler.Handle(int token)
    {
        var fetch = _slots[token];
        EndUpload(fetch);
        _fetches.Remove(fetch.Template);
        Arrive(fetch.Template, fetch.Waiting.Count > 0);
        Answer(token);
    }

    void IEvictionListener<TemplateId>.Evicted(TemplateId key, CachedObject item, long uses) => _peers!.Directory.Remove(key, Number);

    // Who waits looks again.
    private void Answer(int slot)
    {
        _answering = _slots[slot];
        var waiting = _answering.Waiting;
        for (var i = 0; i < waiting.Count; i++)
        {
            var (completion, device) = waiting[i];
            _answering.Answered = i + 1;
            completion.Complete(device.Report);
        }

        waiting.Clear();
        _answering = null;
        _freeSlots.Push(slot);
    }

    private Fetch? Begin(TemplateId template)
    {
        var source = SourceOf(template);
        if (source.Route is null)
        {
            // It takes no time, and is fetched all the same.
            StoreFetches++;
            BytesFetched += Sizes.BytesOf(template);
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
        Start(slot, source);
        return fetch;
    }

    private void Start(int slot, Source source)
    {
        var fetch = _slots[slot];
        DiskFetches += source.IsDisk ? 1 : 0;
        if (source.Peer is { } peer)
        {
            PeerFetches++;
            _peers!.Directory.BeginUpload(peer.Number);
            peer._tiers?.Pin(fetch.Template, Memory);
        }
        else if (!source.IsDisk)
        {
            StoreFetches++;
        }

        fetch.From = source.Peer;
        BytesFetched += Sizes.BytesOf(fetch.Template);
        fetch.Transfer = _network.Start(source.Route!, Sizes.BytesOf(fetch.Template), this, slot);
    }

    // The peer's copy was kept for the transfer.
    private void EndUpload(Fetch fetch)
    {
        if (fetch.From is { } peer)
        {
            _peers!.Directory.EndUpload(peer.Number);
            peer._tiers?.Unpin(fetch.Template, Memory);
            fetch.From = null;
        }
    }

    private Source SourceOf(TemplateId template)
    {
        var onDisk = _tiers?.Holds(template, Disk) ?? false;
        if (_peers?.Choose(template) is { } peer && PeerShare(peer) >= LocalShare(template, onDisk))
        {
            return new Source(RouteOver(peer._memoryLink, peer._peerOut, _peerIn), peer, IsDisk: false);
        }

        return onDisk
            ? new Source(RouteOver(_diskLink, _memoryLink), null, IsDisk: true)
            : new Source(RouteOver(_store.LinkOf(template), _networkLink), null, IsDisk: false);
    }

    private double PeerShare(SimulatedHost peer) => Math.Min(ShareOf(peer._memoryLink), Math.Min(ShareOf(peer._peerOut), ShareOf(_peerIn)));

    // Of the disk or the store, whichever a host asks that has no peers.
    private double LocalShare(TemplateId template, bool onDisk)
    {
        if (onDisk)
        {
            return ShareOf(_diskLink);
        }

        return _store.Holds(template) ? Math.Min(ShareOf(_store.LinkOf(template)), ShareOf(_networkLink)) : 0;
    }

    // What one transfer more would get of a link if all got the same, bytes/s.
    private static double ShareOf(Link? link) => link is null ? double.PositiveInfinity : link.BytesPerSecond / (link.ActiveTransfers + 1);

    // What has no room and nobody waits for is not kept.
    private void Arrive(TemplateId template, bool awaited)
    {
        var isKept = _tiers is null ? _unbounded.Add(template) : _tiers.Promote(template, ObjectOf(template), Memory);
        if (isKept)
        {
            _peers?.Directory.Add(template, Number);
        }
        else if (_tiers is not null && awaited)
        {
            _transient.TryAdd(template, 1);
        }
    }

    private CachedObject ObjectOf(TemplateId template)
    {
        var bytes = Sizes.BytesOf(template);
        return new CachedObject(bytes, bytes / _options.DiskBytesPerSecond);
    }

    private CachedObject DeviceObjectOf(TemplateId template, double linkBytesPerSecond)
    {
        var bytes = Sizes.DeviceBytesOf(template);
        return new CachedObject(bytes, bytes / linkBytesPerSecond);
    }

    private Link? LinkOf(string name, double? bytesPerSecond, TimeSpan latency) =>
        bytesPerSecond is { } bandwidth ? _network.AddLink(name, bandwidth, latency) : null;

    // The links, and this host's memory at the end; a route is made once.
    private Route? RouteOver(Link? first, Link? second, Link? third = null)
    {
        if ((first ?? second ?? third ?? _memoryLink) is null)
        {
            return null;
        }

        var key = (first, second, third);
        if (!_routes.TryGetValue(key, out var route))
        {
            Link?[] links = [first, second, third, _memoryLink];
            route = _network.AddRoute([.. links.OfType<Link>().Distinct()]);
            _routes.Add(key, route);
        }

        return route;
    }

    // Without a route it takes no time.
    private readonly record struct Source(Route? Route, SimulatedHost? Peer, bool IsDisk);

    private sealed class Fetch
    {
        public TemplateId Template { get; set; }

        // The host whose memory it comes from, if it comes from one.
        public SimulatedHost? From { get; set; }

        public TransferHandle Transfer { get; set; }

        public List<(Completion<DeviceReport> Completion, SimulatedDevice Device)> Waiting { get; } = [];

        // How many of them have been told that it is there.
        public int Answered { get; set; }
    }
}
