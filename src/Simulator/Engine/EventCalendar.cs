using SimServe.Policies;

namespace SimServe.Simulator.Engine;

/// <summary>Virtual time: handles events in the order of their instant, phase and sequence.</summary>
/// <remarks>
/// <para>
/// Events at one instant and phase are handled in the order in which they were scheduled. The sequence number is given once and stored in
/// the element, so that order survives any growth (the built-in priority queue promises no order among equals).
/// </para>
/// <para>
/// Push and pop cost O(log n) and, once the arrays have grown to the largest number pending, no allocation. Cancelling is O(1): the event stays
/// in the heap until its turn, or until cancelled events outnumber the others. Not thread-safe: one calendar, one thread.
/// </para>
/// </remarks>
public sealed class EventCalendar
{
    /// <summary>Below this many, cancelled events are not worth a sweep.</summary>
    private const int FewCancelled = 64;

    private readonly EventHeap _heap = new();
    private readonly EventSlots _slots = new();
    private readonly Predicate<EventKey> _keepOrFree;
    private int _cancelled;

    /// <summary>Creates an empty calendar at <see cref="Instant.Start"/>.</summary>
    public EventCalendar() => _keepOrFree = KeepOrFree;

    /// <summary>The present: when the event being handled, or the last one handled, was due.</summary>
    public Instant Now { get; private set; }

    /// <summary>Events scheduled since the start, cancelled ones included.</summary>
    public long Scheduled { get; private set; }

    /// <summary>Events handled since the start.</summary>
    public long Handled { get; private set; }

    /// <summary>Events that wait to be handled.</summary>
    public int Pending => _heap.Count - _cancelled;

    /// <summary>Schedules an event.</summary>
    /// <param name="due">When, not before <see cref="Now"/>.</param>
    /// <param name="phase">What goes first among events at the same instant.</param>
    /// <param name="handler">Who handles it.</param>
    /// <param name="token">Handed to the handler.</param>
    /// <returns>A handle for <see cref="Cancel"/>; may be ignored.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="due"/> is in the past.</exception>
    public EventHandle Schedule(Instant due, Phase phase, IEventHandler handler, int token)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (due < Now)
        {
            ThrowPast(due);
        }

        var order = EventKey.OrderOf(phase, ++Scheduled);
        var slot = _slots.Take(handler, token, order);
        _heap.Push(new EventKey(due, order, slot));
        return new EventHandle(slot, order);
    }

    /// <summary>Cancels an event that has not been handled.</summary>
    /// <param name="handle">What <see cref="Schedule"/> returned.</param>
    /// <returns>False when the event has been handled or cancelled before: nothing is done then.</returns>
    public bool Cancel(EventHandle handle)
    {
        if (!_slots.Cancel(handle))
        {
            return false;
        }

        if (++_cancelled > FewCancelled && _cancelled > Pending)
        {
            _heap.Keep(_keepOrFree);
            _cancelled = 0;
        }

        return true;
    }

    /// <summary>Looks at the next event without handling it.</summary>
    /// <param name="due">When it is due.</param>
    /// <returns>False when nothing is pending.</returns>
    public bool TryPeek(out Instant due)
    {
        DropCancelled();
        due = _heap.Count > 0 ? _heap.Peek().Due : default;
        return _heap.Count > 0;
    }

    /// <summary>Handles the next event.</summary>
    /// <returns>False when nothing is pending: nothing is done then.</returns>
    public bool HandleNext()
    {
        while (_heap.Count > 0)
        {
            var key = _heap.Pop();
            if (_slots.Free(key.Slot, out var token) is { } handler)
            {
                Now = key.Due;
                Handled++;
                handler.Handle(token);
                return true;
            }

            _cancelled--;
        }

        return false;
    }

    /// <summary>Handles events until none is pending.</summary>
    public void Run()
    {
        while (HandleNext())
        {
        }
    }

    /// <summary>Handles every event due up to an instant, that instant included, and makes it the present.</summary>
    /// <param name="end">Where to stop; nothing is done when it has passed.</param>
    public void RunUntil(Instant end)
    {
        while (TryPeek(out var due) && due <= end)
        {
            HandleNext();
        }

        Now = Instant.Max(Now, end);
    }

    private void DropCancelled()
    {
        while (_cancelled > 0 && _heap.Count > 0 && _slots.IsCancelled(_heap.Peek().Slot))
        {
            _slots.Free(_heap.Pop().Slot, out _);
            _cancelled--;
        }
    }

    private bool KeepOrFree(EventKey key)
    {
        if (!_slots.IsCancelled(key.Slot))
        {
            return true;
        }

        _slots.Free(key.Slot, out _);
        return false;
    }

    private void ThrowPast(Instant due) => throw new ArgumentOutOfRangeException(
        nameof(due),
        $"An event cannot be due in the past: {due} ({due.Ticks} ticks), but the present is {Now} ({Now.Ticks} ticks).");
}
