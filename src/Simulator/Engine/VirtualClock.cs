using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Engine;

/// <summary>The clock of a simulated run: time is wherever the calendar is.</summary>
/// <remarks>Awaiters resume inside <see cref="EventCalendar.Run"/>, in <see cref="Phase.Timer"/>. A wait costs no allocation in steady state.</remarks>
/// <param name="calendar">The run's calendar.</param>
public sealed class VirtualClock(EventCalendar calendar) : IClock, IEventHandler
{
    private readonly CompletionPool<Instant> _pool = new();

    /// <inheritdoc/>
    public Instant Now => calendar.Now;

    /// <inheritdoc/>
    public Pending<Instant> Until(Instant due)
    {
        if (due <= Now)
        {
            return new Pending<Instant>(Now);
        }

        var completion = _pool.Rent();
        calendar.Schedule(due, Phase.Timer, this, completion.Number);
        return completion.Pending;
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(int token) => _pool[token].Complete(Now);
}
