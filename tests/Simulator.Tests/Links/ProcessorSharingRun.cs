using SimServe.Policies;
using SimServe.Simulator.Engine;
using SimServe.Simulator.Links;

namespace SimServe.Simulator.Tests.Links;

/// <summary>Transfers that arrive in a Poisson process at one link.</summary>
internal sealed class ProcessorSharingRun : IEventHandler
{
    private const int ArrivalEvent = -1;
    private const double BytesPerSecond = 1e9;

    private readonly EventCalendar _calendar = new();
    private readonly List<Instant> _started = [];
    private readonly LinkNetwork _network;
    private readonly Route _route;
    private readonly RandomStream _gaps;
    private readonly RandomStream _sizes;
    private readonly double _perSecond;
    private readonly Func<RandomStream, double> _size;
    private double _sojourns;
    private int _counted;
    private int _transfers;

    public ProcessorSharingRun(long seed, double perSecond, Func<RandomStream, double> size)
    {
        (_perSecond, _size) = (perSecond, size);
        (_gaps, _sizes) = (new RandomStream(seed, "arrivals"), new RandomStream(seed, "sizes"));
        _network = new LinkNetwork(_calendar);
        _route = _network.AddRoute(_network.AddLink("link", BytesPerSecond));
    }

    /// <summary>Seconds from start to arrival, without the first tenth of the transfers.</summary>
    public double MeanSojourn(int transfers)
    {
        _transfers = transfers;
        Schedule();
        _calendar.Run();
        return _sojourns / _counted;
    }

    public void Handle(int token)
    {
        if (token != ArrivalEvent)
        {
            if (token >= _transfers / 10)
            {
                _sojourns += (_calendar.Now - _started[token]).TotalSeconds;
                _counted++;
            }

            return;
        }

        _network.Start(_route, (long)(BytesPerSecond * _size(_sizes)), this, _started.Count);
        _started.Add(_calendar.Now);
        Schedule();
    }

    private void Schedule()
    {
        if (_started.Count < _transfers)
        {
            var gap = Duration.FromSeconds(-Math.Log(1 - _gaps.NextDouble()) / _perSecond);
            _calendar.Schedule(_calendar.Now + gap, Phase.Arrival, this, ArrivalEvent);
        }
    }
}
