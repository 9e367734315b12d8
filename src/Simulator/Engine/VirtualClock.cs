using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Engine;

/// <summary>The clock of a simulated run: time is wherever the calendar is.</summary>
/// <remarks>Awaiters resume inside <see cref="EventCalendar.Run"/>, in <see cref="Phase.Timer"/>. A wait costs no allocation in steady state.</remarks>
/// <param name="calendar">The run's calendar.</param>
public sealed class VirtualClock(EventCalendar calendar) : IClock, IEventHandler
{
    private readonly CompletionPool<Instant> _pool = new();
    private readonly Stack<int> _freeTokens = new();
    private readonly List<Completion<Instant>?> _waits = [];

    /// <inheritdoc/>
    public Instant Now => calendar.Now;

    /// <inheritdoc/>
    public ValueTask Until(Instant due)
    {
        if (due <= Now)
        {
            return default;
        }

        var completion = _pool.Rent();
        calendar.Schedule(due, Phase.Timer, this, TokenFor(completion));
        return completion.Untyped;
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(int token)
    {
        var completion = _waits[token];
        _waits[token] = null;
        _freeTokens.Push(token);
        completion!.Complete(Now);
    }

    private int TokenFor(Completion<Instant> completion)
    {
        if (_freeTokens.TryPop(out var token))
        {
            _waits[token] = completion;
            return token;
        }

        _waits.Add(completion);
        return _waits.Count - 1;
    }
}
