using SimServe.Simulator.Engine;
using SimServe.Simulator.Links;

namespace SimServe.Simulator.Tests.Links;

/// <summary>A network that is told what to do at random, and a plain account of the bytes that ought to have moved.</summary>
internal sealed class NetworkRun : IEventHandler
{
    private readonly EventCalendar _calendar = new();
    private readonly List<(TransferHandle Handle, Route Route)> _transfers = [];
    private readonly List<(Route Route, long Bytes)> _moved = [];
    private readonly List<long> _bytes = [];
    private readonly double _highest;

    public NetworkRun(int[] bandwidths, int[][] routes)
    {
        Network = new LinkNetwork(_calendar);
        var links = bandwidths.Select((bandwidth, number) => Network.AddLink($"link {number}", bandwidth * 1e6)).ToArray();
        Routes = [.. routes.Select(route => Network.AddRoute([.. route.Select(pick => links[pick % links.Length]).Distinct()]))];
        _highest = 1_000 * 1e6;
    }

    public LinkNetwork Network { get; }

    public Route[] Routes { get; }

    public void Do(int kind, int pick, int amount)
    {
        if (kind <= 4)
        {
            var route = Routes[pick % Routes.Length];
            _transfers.Add((Network.Start(route, amount, this, _transfers.Count), route));
            _bytes.Add(amount);
        }
        else if (kind <= 6)
        {
            _calendar.RunUntil(_calendar.Now + new TimeSpan(amount / 100));
        }
        else if (kind == 7)
        {
            Network.SetBandwidth(Network.Links[pick % Network.Links.Count], amount * 1e4);
        }
        else if (_transfers.Count > 0)
        {
            var (handle, route) = _transfers[pick % _transfers.Count];
            if (Network.Cancel(handle, out var moved))
            {
                _moved.Add((route, moved));
            }
        }
    }

    public void Finish() => _calendar.Run();

    public long MovedOver(Link link) => _moved.Where(entry => entry.Route.Links.Contains(link)).Sum(static entry => entry.Bytes);

    public double MostOver(Link link) => _highest * link.BusyTime.TotalSeconds;

    public void Handle(int token) => _moved.Add((_transfers[token].Route, _bytes[token]));
}
