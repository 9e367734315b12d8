using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Tests.Links;

/// <summary>Writes down which transfers arrived, and when in ticks.</summary>
internal sealed class ArrivalLog(EventCalendar calendar) : IEventHandler
{
    public List<(int Token, long Ticks)> Arrivals { get; } = [];

    public void Handle(int token) => Arrivals.Add((token, calendar.Now.Ticks));
}
