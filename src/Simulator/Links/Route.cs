using SimServe.Policies;
using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Links;

/// <summary>The links that transfers from one place to another cross all at once, e.g. disk, host memory and PCIe of GPU 3.</summary>
/// <remarks>
/// Made once by <see cref="LinkNetwork.AddRoute"/>. All transfers on a route get the same rate, so what each of them has received since it
/// started is the growth of one number, and they end in the order in which that number reaches their marks. A change of rate therefore costs
/// nothing per transfer.
/// </remarks>
public sealed class Route
{
    /// <summary>Part of a tick by which a transfer may be late: what rounding of doubles may add must not cost a whole tick.</summary>
    private const double Slack = 1e-6;

    private readonly Link[] _links;
    private readonly PriorityQueue<int, SortKey> _active = new();
    private double _received;
    private double _bytesPerTick;
    private double _startMarks;
    private Instant _settledAt;

    internal Route(Link[] links, int number)
    {
        (_links, Number) = (links, number);
        foreach (var link in links)
        {
            Latency += link.Latency;
        }
    }

    /// <summary>The links, in the order in which bytes cross them.</summary>
    public IReadOnlyList<Link> Links => _links;

    /// <summary>Sum of the links' latencies: from the last byte's leaving to its arrival.</summary>
    public TimeSpan Latency { get; }

    /// <summary>Transfers with bytes to send.</summary>
    public int ActiveTransfers => _active.Count;

    /// <summary>What each active transfer gets now, in bytes/s; 0 when there is none.</summary>
    public double BytesPerSecondEach => ActiveTransfers == 0 ? 0 : _bytesPerTick * TimeSpan.TicksPerSecond;

    internal int Number { get; }

    internal ReadOnlySpan<Link> Crossed => _links;

    /// <summary>The filling that last looked at the route: tells whether it has been collected.</summary>
    internal long Mark { get; set; }

    /// <summary>Scratch of a filling: whether <see cref="Share"/> has been decided.</summary>
    internal bool Filled { get; set; }

    /// <summary>Result of a filling: bytes/tick for each transfer.</summary>
    internal double Share { get; set; }

    /// <summary>The event of its next completion.</summary>
    internal EventHandle Next { get; set; }

    internal long BytesUnderWay(Instant now) =>
        (long)Math.Max(0, (ActiveTransfers * ReceivedAt(now)) - _startMarks);

    /// <summary>Bytes that a transfer has still to send.</summary>
    internal double Left(double startMark, long bytes, Instant now) => Math.Max(0, bytes - (ReceivedAt(now) - startMark));

    /// <summary>Bytes that the transfers send while each of them sends so many or all it has left.</summary>
    internal double SentWhile(double bytes, Instant now)
    {
        var (received, sum) = (ReceivedAt(now), 0.0);
        foreach (var (_, order) in _active.UnorderedItems)
        {
            sum += Math.Clamp(order.Value - received, 0, bytes);
        }

        return sum;
    }

    /// <summary>Adds a transfer.</summary>
    /// <returns>Its start mark.</returns>
    internal double Join(int slot, long bytes, long sequence, Instant now)
    {
        Settle(now);
        _startMarks += _received;
        _active.Enqueue(slot, new SortKey(_received + bytes, sequence));
        return _received;
    }

    /// <summary>Takes out a transfer before its end.</summary>
    /// <returns>What it has received, in bytes.</returns>
    internal double Remove(int slot, double startMark, Instant now)
    {
        Settle(now);
        var received = _received - startMark;
        _active.Remove(slot, out _, out _);
        Forget(startMark);
        return received;
    }

    /// <summary>Takes out the next transfer; its time has come.</summary>
    internal int Dequeue(Instant now)
    {
        Settle(now);
        return _active.Dequeue();
    }

    /// <summary>Takes out the next transfer if it ends at the present tick too.</summary>
    internal bool TryDequeueDue(out int slot)
    {
        slot = -1;
        return _active.TryPeek(out _, out var order) && TicksUntil(order.Value) <= 0 && _active.TryDequeue(out slot, out _);
    }

    internal void Forget(double startMark)
    {
        _startMarks -= startMark;
        if (_active.Count == 0)
        {
            // An idle route starts from zero, so that doubles stay precise however much it has carried.
            (_received, _startMarks, _bytesPerTick) = (0, 0, 0);
        }
    }

    internal bool HasShare(double bytesPerTick) => _bytesPerTick == bytesPerTick;

    internal void SetShare(double bytesPerTick, Instant now)
    {
        Settle(now);
        _bytesPerTick = bytesPerTick;
    }

    /// <summary>When the next transfer ends, from the present, to which the route must have been settled.</summary>
    /// <returns>False when there is none, or when they stall.</returns>
    internal bool TryNextEnd(out Instant due)
    {
        due = default;
        if (_bytesPerTick <= 0 || !_active.TryPeek(out _, out var order))
        {
            return false;
        }

        due = _settledAt + new TimeSpan((long)Math.Max(0, TicksUntil(order.Value)));
        return true;
    }

    private double TicksUntil(double mark) => Math.Ceiling(((mark - _received) / _bytesPerTick) - Slack);

    private double ReceivedAt(Instant now) => _received + (_bytesPerTick * (now - _settledAt).Ticks);

    private void Settle(Instant now)
    {
        _received = ReceivedAt(now);
        _settledAt = now;
    }
}
