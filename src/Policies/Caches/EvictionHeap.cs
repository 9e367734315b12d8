namespace SimServe.Policies.Caches;

/// <summary>A binary heap of slots by rank that knows where each slot is, so that a use moves it in O(log n).</summary>
internal sealed class EvictionHeap
{
    private const int Absent = -1;

    private (EvictionRank Rank, int Slot)[] _heap = new (EvictionRank, int)[16];
    private int[] _places = [];
    private int _count;

    public int Count => _count;

    /// <summary>The slot to evict first. There must be one.</summary>
    public int First => _heap[0].Slot;

    public void Add(int slot, in EvictionRank rank)
    {
        Grow(slot);
        _places[slot] = _count++;
        SiftUp(_places[slot], rank, slot);
    }

    public bool Contains(int slot) => slot < _places.Length && _places[slot] != Absent;

    /// <summary>Moves a slot whose rank has risen.</summary>
    public void Raise(int slot, in EvictionRank rank) => SiftDown(_places[slot], rank, slot);

    public void Remove(int slot)
    {
        var place = _places[slot];
        _places[slot] = Absent;
        var (rank, last) = _heap[--_count];
        if (place < _count)
        {
            // The last element fills the hole, and it may belong above or below.
            SiftUp(place, rank, last);
            SiftDown(_places[last], rank, last);
        }
    }

    public void Clear()
    {
        _count = 0;
        Array.Fill(_places, Absent);
    }

    private void Grow(int slot)
    {
        if (slot >= _places.Length)
        {
            var known = _places.Length;
            Array.Resize(ref _places, Math.Max(16, 2 * (slot + 1)));
            Array.Fill(_places, Absent, known, _places.Length - known);
        }

        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, 2 * _count);
        }
    }

    private void SiftUp(int place, EvictionRank rank, int slot)
    {
        while (place > 0 && rank.IsBefore(in _heap[(place - 1) / 2].Rank))
        {
            Put((place - 1) / 2, place);
            place = (place - 1) / 2;
        }

        _heap[place] = (rank, slot);
        _places[slot] = place;
    }

    private void SiftDown(int place, EvictionRank rank, int slot)
    {
        int child;
        while ((child = (2 * place) + 1) < _count)
        {
            if (child + 1 < _count && _heap[child + 1].Rank.IsBefore(in _heap[child].Rank))
            {
                child++;
            }

            if (!_heap[child].Rank.IsBefore(in rank))
            {
                break;
            }

            Put(child, place);
            place = child;
        }

        _heap[place] = (rank, slot);
        _places[slot] = place;
    }

    private void Put(int from, int to)
    {
        _heap[to] = _heap[from];
        _places[_heap[to].Slot] = to;
    }
}
