using SimServe.Policies;
using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Tests.Engine;

/// <summary>The hold model: every event schedules its successor.</summary>
internal sealed class Holder : IEventHandler
{
    private readonly EventCalendar _calendar;
    private readonly RandomStream _random = new(1, "hold");

    public Holder(EventCalendar calendar, int pending)
    {
        _calendar = calendar;
        for (var token = 0; token < pending; token++)
        {
            Handle(token);
        }
    }

    public void Handle(int token) => _calendar.Schedule(_calendar.Now + Gap(), Phase.Timer, this, token);

    private TimeSpan Gap() => new(_random.NextInt64() % 1_000_000);
}
