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

    /// <inheritdoc/>
    public Pending<DeviceReport> Load(int controlNet)
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
            _ = Fetch(controlNet);
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

    private async Pending Fetch(int controlNet)
    {
        await host.FetchAdapter(options.IsLora, controlNet, options.Bytes);
        await _clock.Until(calendar.Now + Duration.FromSeconds(options.Bytes / options.LinkBytesPerSecond()) + options.Preparation);
        _loading.Remove(controlNet, out var waiting);
        Insert(controlNet);
        var report = Fault is { } lost ? DeviceReport.Failed(lost) : DeviceReport.Done;
        foreach (var other in waiting!)
        {
            other.Complete(report);
        }
    }

    // What came for somebody who has gone meanwhile makes room too.
    private void Insert(int adapter)
    {
        _beyond.RemoveWhere(other => !_users.ContainsKey(other));
        if (!_kept.Insert(adapter, new CachedObject(options.Bytes)))
        {
            _beyond.Add(adapter);
            return;
        }

        for (var user = _users.GetValueOrDefault(adapter); user > 0; user--)
        {
            _kept.Pin(adapter);
        }
    }
}
