using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Links;

/// <summary>Links whose bandwidth transfers share with max-min fairness, in virtual time.</summary>
/// <remarks>
/// <para>
/// A fluid model: a transfer crosses all links of its route at once, at a rate that is the same everywhere; no transfer can get more without
/// taking from one that has no more than it. Rates change when a transfer starts, ends or is cancelled and when a link's bandwidth changes,
/// only for transfers that share links with the change, directly or through others. Each busy route has one event, its next
/// completion. A change costs O(links and routes it reaches, log), whatever the number of transfers on them.
/// </para>
/// <para>
/// A transfer of B bytes moves exactly B. It ends at the first tick (100 ns) at which its last byte has been sent, and arrives a route's
/// latency later, in <see cref="Phase.Completion"/>. Nothing is allocated per transfer in steady state. Not thread-safe.
/// </para>
/// <para>Simplified: no packets, no slow start, no duplex interference, no fixed cost per transfer but latency.</para>
/// </remarks>
public sealed class LinkNetwork : IEventHandler
{
    private const double LongestPrediction = 1e6;

    private readonly EventCalendar _calendar;
    private readonly AwaitedTransfers _awaited;
    private readonly Arrivals _arrivals;
    private readonly MaxMinFilling _filling = new();
    private readonly TransferSlots _transfers = new();
    private readonly List<Link> _links = [];
    private readonly List<Route> _routes = [];

    /// <summary>Creates a network without links.</summary>
    /// <param name="calendar">The run's calendar.</param>
    public LinkNetwork(EventCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        _calendar = calendar;
        _awaited = new AwaitedTransfers(calendar);
        _arrivals = new Arrivals(this);
    }

    /// <summary>The links, in the order in which they were added.</summary>
    public IReadOnlyList<Link> Links => _links;

    /// <summary>Adds a link.</summary>
    /// <param name="name">Name for reports; not empty.</param>
    /// <param name="bytesPerSecond">Bandwidth in bytes/s: finite, 0 (down) or more.</param>
    /// <param name="latency">Time between a byte's entering and leaving it; not negative.</param>
    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    public Link AddLink(string name, double bytesPerSecond, TimeSpan latency = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(latency, TimeSpan.Zero);
        CheckBandwidth(bytesPerSecond);
        var link = new Link(_calendar, name, _links.Count, bytesPerSecond, latency);
        _links.Add(link);
        return link;
    }

    /// <summary>Adds a route over some links.</summary>
    /// <param name="links">At least one link of this network, each once.</param>
    /// <exception cref="ArgumentException">There is none, one is there twice, or one belongs to another network.</exception>
    public Route AddRoute(params ReadOnlySpan<Link> links)
    {
        if (links.IsEmpty)
        {
            throw new ArgumentException("A route needs at least one link.", nameof(links));
        }

        for (var i = 0; i < links.Length; i++)
        {
            var link = links[i] ?? throw new ArgumentNullException(nameof(links), "A route's links must not be null.");
            CheckOwned(link);
            if (links[..i].Contains(link))
            {
                throw new ArgumentException($"The route crosses {link.Name} twice; a transfer can use a link once.", nameof(links));
            }
        }

        var route = new Route(links.ToArray(), _routes.Count);
        _routes.Add(route);
        return route;
    }

    /// <summary>Changes a link's bandwidth now: a brownout, or its end. Transfers go on with what they have received.</summary>
    /// <param name="link">A link of this network.</param>
    /// <param name="bytesPerSecond">Bandwidth in bytes/s: finite; 0 stalls its transfers until the next change.</param>
    /// <exception cref="ArgumentException">The bandwidth is out of range, or the link belongs to another network.</exception>
    public void SetBandwidth(Link link, double bytesPerSecond)
    {
        ArgumentNullException.ThrowIfNull(link);
        CheckOwned(link);
        CheckBandwidth(bytesPerSecond);
        link.BytesPerSecond = bytesPerSecond;
        Reallocate(new ReadOnlySpan<Link>(in link), null);
    }

    /// <summary>Starts a transfer that somebody awaits.</summary>
    /// <param name="route">A route of this network.</param>
    /// <param name="bytes">Bytes to move; not negative. None at all still take the latency.</param>
    /// <returns>Completes when the last byte has arrived, or when the transfer has been cancelled; to be awaited once.</returns>
    public Pending<TransferReport> Transfer(Route route, long bytes) => Transfer(route, bytes, out _);

    /// <inheritdoc cref="Transfer(Route, long)"/>
    /// <param name="route">A route of this network.</param>
    /// <param name="bytes">Bytes to move; not negative. None at all still take the latency.</param>
    /// <param name="handle">For <see cref="Cancel"/>.</param>
    public Pending<TransferReport> Transfer(Route route, long bytes, out TransferHandle handle)
    {
        Check(route, bytes);
        var task = _awaited.Add(bytes, out var token);
        handle = Start(route, bytes, _awaited, token);
        return task;
    }

    /// <summary>Starts a transfer whose arrival an event handler hears of.</summary>
    /// <param name="route">A route of this network.</param>
    /// <param name="bytes">Bytes to move; not negative. None at all still take the latency.</param>
    /// <param name="handler">Called when the last byte has arrived; not when the transfer is cancelled.</param>
    /// <param name="token">Handed to the handler.</param>
    /// <returns>A handle for <see cref="Cancel"/>; may be ignored.</returns>
    /// <exception cref="ArgumentException">The number of bytes is negative, or the route belongs to another network.</exception>
    public TransferHandle Start(Route route, long bytes, IEventHandler handler, int token)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Check(route, bytes);
        var slot = _transfers.Take(route, bytes, handler, token);
        ref var transfer = ref _transfers[slot];
        var handle = new TransferHandle(slot, transfer.Sequence);
        if (bytes == 0)
        {
            Send(ref transfer, slot);
            return handle;
        }

        foreach (var link in route.Crossed)
        {
            link.Join(route, _calendar.Now);
        }

        transfer.StartMark = route.Join(slot, bytes, transfer.Sequence, _calendar.Now);
        Reallocate(route.Crossed, route);
        return handle;
    }

    /// <summary>Ends a transfer early. What it has moved stays in the links' counts; an awaiter hears of it at this instant.</summary>
    /// <param name="handle">What <see cref="Start"/> or <see cref="Transfer(Route, long, out TransferHandle)"/> gave.</param>
    /// <param name="bytesMoved">Bytes it has sent, rounded down; 0 when there was nothing to cancel.</param>
    /// <returns>False when it has arrived or been cancelled before: nothing is done then.</returns>
    public bool Cancel(TransferHandle handle, out long bytesMoved)
    {
        bytesMoved = 0;
        if (!_transfers.Holds(handle))
        {
            return false;
        }

        var transfer = _transfers.Free(handle.Slot);
        bytesMoved = transfer.Bytes;
        if (transfer.Sent)
        {
            _calendar.Cancel(transfer.Arrival);
        }
        else
        {
            var received = transfer.Route.Remove(handle.Slot, transfer.StartMark, _calendar.Now);
            bytesMoved = Math.Clamp((long)received, 0, transfer.Bytes);
            Leave(transfer.Route, bytesMoved);
            Reallocate(transfer.Route.Crossed, transfer.Route);
        }

        if (transfer.Handler == _awaited)
        {
            _awaited.Cancel(transfer.Token, bytesMoved);
        }

        return true;
    }

    /// <summary>Predicts how long a transfer would take that began now, if none began after it.</summary>
    /// <param name="route">A route of this network.</param>
    /// <param name="bytes">Bytes to move; not negative.</param>
    /// <remarks>
    /// Exact where the route's tightest link is the bottleneck of all that crosses it: what is under way there shares it until its last byte. Elsewhere an estimate. O(transfers on its links). Not more than 10^6 s.
    /// </remarks>
    public TimeSpan TimeOf(Route route, long bytes)
    {
        Check(route, bytes);
        return route.Latency + Share(route, bytes, bytes);
    }

    /// <summary>Predicts how long a transfer under way still takes, if none begins after it.</summary>
    /// <param name="handle">What <see cref="Start"/> or <see cref="Transfer(Route, long, out TransferHandle)"/> gave.</param>
    /// <returns>As precise as <see cref="TimeOf"/>; zero when it has arrived, and the route's latency once its last byte is sent.</returns>
    public TimeSpan TimeLeft(TransferHandle handle)
    {
        if (!_transfers.Holds(handle))
        {
            return TimeSpan.Zero;
        }

        ref var transfer = ref _transfers[handle.Slot];
        return transfer.Sent
            ? transfer.Route.Latency
            : transfer.Route.Latency + Share(transfer.Route, transfer.Route.Left(transfer.StartMark, transfer.Bytes, _calendar.Now), 0);
    }

    // Time in which the slowest of the links moves some bytes of a transfer, what others send meanwhile, and some bytes more.
    private TimeSpan Share(Route route, double bytes, double more)
    {
        var seconds = 0.0;
        foreach (var link in route.Crossed)
        {
            seconds = link.BytesPerSecond > 0 ? Math.Max(seconds, (link.SentWhile(bytes, _calendar.Now) + more) / link.BytesPerSecond) : LongestPrediction;
        }

        return Duration.FromSeconds(Math.Min(seconds, LongestPrediction));
    }

    /// <summary>A route's next transfer has sent its last byte; so may have others, at the same tick.</summary>
    void IEventHandler.Handle(int token)
    {
        var route = _routes[token];
        var slot = route.Dequeue(_calendar.Now);
        do
        {
            ref var transfer = ref _transfers[slot];
            route.Forget(transfer.StartMark);
            Leave(route, transfer.Bytes);
            Send(ref transfer, slot);
        }
        while (route.TryDequeueDue(out slot));
        Reallocate(route.Crossed, route);
    }

    private void Leave(Route route, long bytes)
    {
        foreach (var link in route.Crossed)
        {
            link.Leave(route, bytes, _calendar.Now);
        }
    }

    private void Send(ref Transfer transfer, int slot)
    {
        transfer.Sent = true;
        transfer.Arrival = _calendar.Schedule(_calendar.Now + transfer.Route.Latency, Phase.Completion, _arrivals, slot);
    }

    private void Arrive(int slot)
    {
        var transfer = _transfers.Free(slot);
        transfer.Handler!.Handle(transfer.Token);
    }

    /// <param name="changed">The links where something has changed.</param>
    /// <param name="touched">The route whose transfers have changed, if any: its next completion is another one even at the same rate.</param>
    private void Reallocate(ReadOnlySpan<Link> changed, Route? touched)
    {
        _filling.Fill(changed);
        foreach (var route in _filling.Routes)
        {
            if (route == touched || !route.HasShare(route.Share))
            {
                route.SetShare(route.Share, _calendar.Now);
                ScheduleNext(route);
            }
        }

        if (touched is { ActiveTransfers: 0 })
        {
            _calendar.Cancel(touched.Next);
        }
    }

    private void ScheduleNext(Route route)
    {
        _calendar.Cancel(route.Next);
        route.Next = route.TryNextEnd(out var due) ? _calendar.Schedule(due, Phase.Completion, this, route.Number) : default;
    }

    private void Check(Route route, long bytes)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (route.Number >= _routes.Count || _routes[route.Number] != route)
        {
            throw new ArgumentException("The route belongs to another network.", nameof(route));
        }
    }

    private void CheckOwned(Link link)
    {
        if (link.Number >= _links.Count || _links[link.Number] != link)
        {
            throw new ArgumentException($"The link {link.Name} belongs to another network.", nameof(link));
        }
    }

    private static void CheckBandwidth(double bytesPerSecond)
    {
        if (!double.IsFinite(bytesPerSecond) || bytesPerSecond < 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(bytesPerSecond), bytesPerSecond, "A bandwidth must be a finite number of bytes/s that is not negative.");
        }
    }

    /// <summary>Receives the events of last bytes' arrivals, apart from those of routes.</summary>
    private sealed class Arrivals(LinkNetwork network) : IEventHandler
    {
        public void Handle(int token) => network.Arrive(token);
    }
}
