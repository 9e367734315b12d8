using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SimServe.Simulator.Engine;

/// <summary>A quaternary heap of event keys.</summary>
/// <remarks>
/// Keys are unique and totally ordered, so what comes out does not depend on the shape of the heap: growing or compacting cannot change a run.
/// Popping leaves a hole at the root that the next push fills: a handler mostly schedules its successor, and then the two cost one
/// walk down the heap instead of a walk down and a walk up.
/// </remarks>
internal sealed class EventHeap
{
    private EventKey[] _keys = new EventKey[64];
    private int _end;
    private bool _hole;

    public int Count => _hole ? _end - 1 : _end;

    public void Push(in EventKey key)
    {
        if (_hole)
        {
            _hole = false;
            SiftDown(key, 0);
            return;
        }

        if (_end == _keys.Length)
        {
            Array.Resize(ref _keys, checked(_end * 2));
        }

        SiftUp(key, _end++);
    }

    /// <summary>The first key. There must be one.</summary>
    public ref readonly EventKey Peek()
    {
        Debug.Assert(Count > 0, "The heap is empty.");
        FillHole();
        return ref _keys[0];
    }

    /// <summary>Takes out the first key. There must be one.</summary>
    public EventKey Pop()
    {
        var first = Peek();
        _hole = true;
        return first;
    }

    /// <summary>Drops the keys that a test rejects, in O(n).</summary>
    public void Keep(Predicate<EventKey> test)
    {
        FillHole();
        var kept = 0;
        for (var i = 0; i < _end; i++)
        {
            if (test(_keys[i]))
            {
                _keys[kept++] = _keys[i];
            }
        }

        _end = kept;
        for (var i = (_end - 2) >> 2; i >= 0; i--)
        {
            SiftDown(_keys[i], i);
        }
    }

    private void FillHole()
    {
        if (_hole)
        {
            _hole = false;
            SiftDown(_keys[--_end], 0);
        }
    }

    private void SiftUp(EventKey key, int index)
    {
        ref var keys = ref MemoryMarshal.GetArrayDataReference(_keys);
        while (index > 0)
        {
            var parent = (index - 1) >> 2;
            if (!key.IsBefore(in Unsafe.Add(ref keys, parent)))
            {
                break;
            }

            Unsafe.Add(ref keys, index) = Unsafe.Add(ref keys, parent);
            index = parent;
        }

        Unsafe.Add(ref keys, index) = key;
    }

    /// <remarks>References instead of indexed access: the bounds are known, and their checks cost a tenth of the calendar's speed.</remarks>
    private void SiftDown(EventKey key, int index)
    {
        ref var keys = ref MemoryMarshal.GetArrayDataReference(_keys);
        int child;
        while ((child = unchecked((index << 2) + 1)) < _end)
        {
            child = FirstOfSiblings(ref keys, child);
            if (!Unsafe.Add(ref keys, child).IsBefore(in key))
            {
                break;
            }

            Unsafe.Add(ref keys, index) = Unsafe.Add(ref keys, child);
            index = child;
        }

        Unsafe.Add(ref keys, index) = key;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int FirstOfSiblings(ref EventKey keys, int child)
    {
        var last = Math.Min(unchecked(child + 4), _end);
        var first = child;
        for (var sibling = unchecked(child + 1); sibling < last; sibling = unchecked(sibling + 1))
        {
            if (Unsafe.Add(ref keys, sibling).IsBefore(in Unsafe.Add(ref keys, first)))
            {
                first = sibling;
            }
        }

        return first;
    }
}
