using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Caches;
using SimServe.Policies.Serving;
using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Devices;

/// <summary>A device's memory for adapters of one kind. What is in use stays, be there room for it or not.</summary>
/// <param name="options">Sizes, and the device that it belongs to.</param>
/// <param name="host">The machine whose memory is asked first.</param>
/// <param name="calendar">Virtual time.</param>
internal sealed class AdapterMemory(AdapterMemoryOptions options, SimulatedHost host, EventCalendar calendar) : IControlNetHost
{
    private readonly BoundedCache<int> _kept = new(options.CapacityBytes, new LeastRecentlyUsedEviction());
    private readonly HashSet<int> _beyond = [];
    private readonly Dictionary<int, int> _users = [];
    private readonly Dictionary<int, List<Completion<DeviceReport>>> _loading = [];
    private readonly CompletionPool<DeviceReport> _pool = new();
    private readonly VirtualClock _clock = new(calendar);

    /// <inheritdoc/>
    public string? Fault => options.Fault();

    /// <inheritdoc/>
    public bool Holds(int controlNet) => Fault is null && (_kept.Contains(controlNet) || _beyond.Contains(controlNet));

    /// <summary>Whether something is on its way here.</summary>
    public bool IsLoading => _loading.Count > 0;

    /// <summary>What one more adapter would drive out: all are of one size.</summary>
    public AdapterRoom Room => _kept.HasRoom(options.Bytes) ? new AdapterRoom(true, null)
        : _kept.TryGetFirst(out var first) && options.Bytes <= _kept.CapacityBytes ? new AdapterRoom(true, first)
        : new AdapterRoom(false, null);

    /// <summary>Whether an adapter is here or on its way.</summary>
    /// <param name="adapter">Its number.</param>
    public bool Has(int adapter) => _loading.ContainsKey(adapter) || Holds(adapter);

    /// <inheritdoc/>
    public Pending<DeviceReport> Load(int controlNet) => Load(controlNet, isAhead: false);

    /// <summary>Loads an adapter that nobody has asked for: where all room is in use once it has come, and nobody has asked until then, it is gone again.</summary>
    /// <param name="adapter">Its number.</param>
    public Pending<DeviceReport> LoadAhead(int adapter) => Load(adapter, isAhead: true);

    private Pending<DeviceReport> Load(int controlNet, bool isAhead)
    {
        if (Fault is { } fault)
        {
            return new Pending<DeviceReport>(DeviceReport.Failed(fault));
        }

        if (Holds(controlNet))
        {
            return new Pending<DeviceReport>(DeviceReport.Done);
        }

        // Whoever asked first hears of it first.
        var completion = _pool.Rent();
        if (_loading.TryGetValue(controlNet, out var others))
        {
            others.Add(completion);
        }
        else
        {
            _loading.Add(controlNet, [completion]);
            _ = Fetch(controlNet, isAhead);
        }

        return completion.Pending;
    }

    /// <inheritdoc/>
    /// <remarks>It may still be on its way: it stays once it is here.</remarks>
    public void Pin(int controlNet)
    {
        _users[controlNet] = _users.GetValueOrDefault(controlNet) + 1;
        _kept.TryUse(controlNet);
        _kept.Pin(controlNet);
    }

    /// <inheritdoc/>
    public void Unpin(int controlNet)
    {
        _kept.Unpin(controlNet);
        if (--_users[controlNet] == 0)
        {
            _users.Remove(controlNet);
            _beyond.Remove(controlNet);
        }
    }

    private async Pending Fetch(int controlNet, bool isAhead)
    {
        await host.FetchAdapter(options.IsLora, controlNet, options.Bytes, isAhead);
        await _clock.Until(calendar.Now + Duration.FromSeconds(options.Bytes / options.LinkBytesPerSecond()) + options.Preparation);
        _loading.Remove(controlNet, out var waiting);
        Insert(controlNet, isAwaited: !isAhead || waiting!.Count > 1);
        var report = Fault is { } lost ? DeviceReport.Failed(lost) : DeviceReport.Done;
        foreach (var other in waiting!)
        {
            other.Complete(report);
        }
    }

    // What came for somebody who has gone meanwhile makes room too.
    private void Insert(int adapter, bool isAwaited)
    {
        _beyond.RemoveWhere(other => !_users.ContainsKey(other));
        if (!_kept.Insert(adapter, new CachedObject(options.Bytes)))
        {
            if (isAwaited)
            {
                _beyond.Add(adapter);
            }

            return;
        }

        for (var user = _users.GetValueOrDefault(adapter); user > 0; user--)
        {
            _kept.Pin(adapter);
        }
    }
}
