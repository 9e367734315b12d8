using SimServe.Policies;
using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Links;

/// <summary>Something that moves bytes at a limited rate and shares it among transfers: a disk, a host's memory, PCIe, NVLink, a network.</summary>
/// <remarks>One direction; a duplex link is two. Made by <see cref="LinkNetwork.AddLink"/>.</remarks>
public sealed class Link
{
    private readonly EventCalendar _calendar;
    private Instant _busySince;
    private TimeSpan _busy;
    private long _ended;

    internal Link(EventCalendar calendar, string name, int number, double bytesPerSecond, TimeSpan latency)
    {
        _calendar = calendar;
        (Name, Number, BytesPerSecond, Latency) = (name, number, bytesPerSecond, latency);
    }

    /// <summary>Name for reports, e.g. <c>host 2 dram</c>.</summary>
    public string Name { get; }

    /// <summary>What it moves per second now, in bytes/s; 0 or more. Changed by <see cref="LinkNetwork.SetBandwidth"/>.</summary>
    public double BytesPerSecond { get; internal set; }

    /// <summary>Time between a byte's entering and leaving it.</summary>
    public TimeSpan Latency { get; }

    /// <summary>Transfers that cross it now and still have bytes to send.</summary>
    public int ActiveTransfers { get; private set; }

    /// <summary>Bytes moved since the start of the run.</summary>
    /// <remarks>Exact for transfers that have ended (a cancelled one counts what it moved); rounded down for each route under way.</remarks>
    public long BytesMoved
    {
        get
        {
            var bytes = _ended;
            foreach (var route in Busy)
            {
                bytes += route.BytesUnderWay(_calendar.Now);
            }

            return bytes;
        }
    }

    /// <summary>Time with at least one active transfer, up to now. A transfer that stalls at a bandwidth of 0 keeps its links busy.</summary>
    public TimeSpan BusyTime => ActiveTransfers > 0 ? _busy + (_calendar.Now - _busySince) : _busy;

    internal int Number { get; }

    /// <summary>Routes over this link with active transfers, in the order in which they became busy.</summary>
    internal List<Route> Busy { get; } = [];

    /// <summary>The filling that last looked at the link: tells whether it has been collected.</summary>
    internal long Mark { get; set; }

    /// <summary>Scratch of a filling: bytes/tick that nobody has been given yet.</summary>
    internal double Spare { get; set; }

    /// <summary>Scratch of a filling: active transfers whose share is still open.</summary>
    internal int Open { get; set; }

    /// <summary>Bytes that the active transfers send while each of them sends so many or all it has left.</summary>
    internal double SentWhile(double bytes, Instant now)
    {
        var sum = 0.0;
        foreach (var route in Busy)
        {
            sum += route.SentWhile(bytes, now);
        }

        return sum;
    }

    internal void Join(Route route, Instant now)
    {
        if (route.ActiveTransfers == 0)
        {
            Busy.Add(route);
        }

        if (ActiveTransfers++ == 0)
        {
            _busySince = now;
        }
    }

    internal void Leave(Route route, long bytes, Instant now)
    {
        _ended += bytes;
        if (route.ActiveTransfers == 0)
        {
            Busy.Remove(route);
        }

        if (--ActiveTransfers == 0)
        {
            _busy += now - _busySince;
        }
    }
}
