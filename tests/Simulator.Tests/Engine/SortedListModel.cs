using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Tests.Engine;

/// <summary>Drives a calendar and the plainest thing that could be right side by side.</summary>
internal sealed class SortedListModel
{
    private readonly EventCalendar _calendar = new();
    private readonly Recorder _actual = new();
    private readonly List<int> _expected = [];
    private readonly List<EventHandle> _handles = [];
    private readonly SortedSet<(long Due, Phase Phase, int Number)> _pending = [];
    private readonly List<(long Due, Phase Phase, int Number)> _all = [];

    public void Do(int kind, int delay, Phase phase, int pick)
    {
        if (kind <= 4)
        {
            Push(delay, phase);
        }
        else if (kind <= 7)
        {
            Pop();
        }
        else if (_all.Count > 0)
        {
            Cancel(pick % _all.Count);
        }
    }

    public bool RunAndCompare()
    {
        var pending = _calendar.Pending == _pending.Count;
        while (_pending.Count > 0)
        {
            Pop();
        }

        return pending && !_calendar.HandleNext() && _actual.Tokens.SequenceEqual(_expected) && _calendar.Handled == _expected.Count;
    }

    private void Push(int delay, Phase phase)
    {
        var due = _calendar.Now + new TimeSpan(delay);
        _handles.Add(_calendar.Schedule(due, phase, _actual, _all.Count));
        _all.Add((due.Ticks, phase, _all.Count));
        _pending.Add(_all[^1]);
    }

    private void Pop()
    {
        if (_calendar.TryPeek(out var due))
        {
            Assert.That(due.Ticks, Is.EqualTo(_pending.Min.Due));
            _expected.Add(_pending.Min.Number);
            _pending.Remove(_pending.Min);
        }

        _calendar.HandleNext();
    }

    private void Cancel(int number) =>
        Assert.That(_calendar.Cancel(_handles[number]), Is.EqualTo(_pending.Remove(_all[number])));
}
