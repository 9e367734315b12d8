using System.Runtime.CompilerServices;

namespace SimServe.Simulator.Metrics.Checks;

// Requests in flight by number: open addressing. Their numbers are consecutive, and multiplying by the golden ratio spreads those evenly: without it they
// would form one run, which every removal would have to walk.
internal sealed class InFlightTable
{
    private const int Free = -1;

    private const uint GoldenRatio = 2654435769;

    private int[] _keys = [.. Enumerable.Repeat(Free, 64)];
    private InFlight[] _values = new InFlight[64];
    private int _shift = 26;

    public int Count { get; private set; }

    // The new entry, or null when the number is in flight already. Valid until the next call.
    public ref InFlight TryAdd(int key)
    {
        if (2 * Count >= _keys.Length)
        {
            Grow();
        }

        var slot = SlotOf(key);
        if (_keys[slot] == key)
        {
            return ref Unsafe.NullRef<InFlight>();
        }

        _keys[slot] = key;
        Count++;
        return ref _values[slot];
    }

    // The entry, or null. Valid until the next call.
    public ref InFlight Find(int key)
    {
        var slot = SlotOf(key);
        return ref _keys[slot] == key ? ref _values[slot] : ref Unsafe.NullRef<InFlight>();
    }

    public bool TryRemove(int key, out InFlight value)
    {
        var slot = SlotOf(key);
        if (_keys[slot] != key)
        {
            value = default;
            return false;
        }

        value = _values[slot];
        Count--;
        CloseGap(slot);
        return true;
    }

    private int HomeOf(int key) => (int)(unchecked((uint)key * GoldenRatio) >> _shift);

    private int SlotOf(int key)
    {
        var mask = _keys.Length - 1;
        var slot = HomeOf(key);
        while (_keys[slot] != key && _keys[slot] != Free)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    // Moves later entries of the run back, so that none is cut off from its own place.
    private void CloseGap(int gap)
    {
        var mask = _keys.Length - 1;
        for (var slot = (gap + 1) & mask; _keys[slot] != Free; slot = (slot + 1) & mask)
        {
            var home = HomeOf(_keys[slot]);
            if (((slot - home) & mask) >= ((slot - gap) & mask))
            {
                (_keys[gap], _values[gap]) = (_keys[slot], _values[slot]);
                gap = slot;
            }
        }

        _keys[gap] = Free;
    }

    private void Grow()
    {
        var (keys, values) = (_keys, _values);
        _keys = new int[2 * keys.Length];
        Array.Fill(_keys, Free);
        _values = new InFlight[2 * keys.Length];
        _shift--;
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] != Free)
            {
                var slot = SlotOf(keys[i]);
                (_keys[slot], _values[slot]) = (keys[i], values[i]);
            }
        }
    }
}
