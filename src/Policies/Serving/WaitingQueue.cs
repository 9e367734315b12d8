using SimServe.Policies.Batching;
using SimServe.Policies.Ordering;

namespace SimServe.Policies.Serving;

// A worker's requests that are ready to join, in the policy's order. First come, first served costs O(1) however long the queue.
internal sealed class WaitingQueue(IOrderingPolicy ordering, bool mergesLoras = true, int overtaking = 0)
{
    private const int MostSeen = 1024;

    private WaitingRequest[] _requests = new WaitingRequest[8];
    private Course?[] _courses = new Course?[8];
    private long[] _keys = new long[8];
    private int _head;
    private int _tail;
    private int _changingWeights;

    // The size of the latest request's image, and whether there have ever been two sizes.
    private TokenGrid _grid;
    private bool _mixesSizes;

    public int Count => _tail - _head;

    public ReadOnlySpan<WaitingRequest> Requests => _requests.AsSpan(_head.._tail);

    public Course this[int index] => _courses[_head + index]!;

    public void Add(in WaitingRequest request, Course course)
    {
        MakeRoom();
        _changingWeights += course.Request.Adapters.Loras.Count > 0 ? 1 : 0;
        NoteSize(course.Request.Mask.Grid);
        var (key, place) = (ordering.Key(request), _tail);
        while (place > _head && _keys[place - 1] > key)
        {
            place--;
        }

        if (place < _tail)
        {
            Move(place, place + 1, _tail - place);
        }

        (_requests[place], _courses[place], _keys[place]) = (request, course, key);
        _tail++;
    }

    public void RemoveFirst(int count)
    {
        for (var i = 0; _changingWeights > 0 && i < count; i++)
        {
            _changingWeights -= this[i].Request.Adapters.Loras.Count > 0 ? 1 : 0;
        }

        Array.Clear(_courses, _head, count);
        _head += count;
        if (_head == _tail)
        {
            (_head, _tail) = (0, 0);
        }
    }

    // Somebody gives up. Whichever side is shorter moves up: who has waited long is near the head.
    public void Remove(Course course)
    {
        var place = Array.IndexOf(_courses, course, _head, Count);
        _changingWeights -= course.Request.Adapters.Loras.Count > 0 ? 1 : 0;
        if (place - _head < _tail - place)
        {
            Move(_head, _head + 1, place - _head);
            _courses[_head++] = null;
        }
        else
        {
            Move(place + 1, place, _tail - place - 1);
            _courses[--_tail] = null;
        }

        if (_head == _tail)
        {
            (_head, _tail) = (0, 0);
        }
    }

    // How many of the first requests can share a batch with somebody, or where nobody is there with the first of them. A queue may be
    // of any length, and it is asked at every arrival: nobody looks further than the largest batch.
    public int Compatible(Course? member)
    {
        if (!_mixesSizes && (!mergesLoras || (_changingWeights == 0 && (member is null || member.Request.Adapters.Loras.Count == 0))))
        {
            return Count;
        }

        var (seen, together) = (Math.Min(Count, MostSeen), 0);
        for (var i = 0; i < seen; i++)
        {
            member ??= this[i];
            if (member.Request.Mask.Grid == this[i].Request.Mask.Grid && SharesWeights(member, this[i]))
            {
                if (i > together && !Overtake(together, i))
                {
                    return together;
                }

                together++;
            }
            else if (overtaking == 0)
            {
                return together;
            }
        }

        return together;
    }

    private bool SharesWeights(Course member, Course other) => !mergesLoras || member.Request.Adapters.SharesWeightsWith(other.Request.Adapters);

    // Somebody goes past all those between two places, unless one of them has been overtaken often enough.
    private bool Overtake(int to, int from)
    {
        for (var i = to; i < from; i++)
        {
            if (this[i].Overtaken >= overtaking)
            {
                return false;
            }
        }

        for (var i = to; i < from; i++)
        {
            this[i].Overtaken++;
        }

        var (place, first) = (_head + from, _head + to);
        var (request, course, key) = (_requests[place], _courses[place], _keys[first]);
        Move(first, first + 1, from - to);
        (_requests[first], _courses[first], _keys[first]) = (request, course, key);
        return true;
    }

    private void Move(int from, int to, int count)
    {
        Array.Copy(_requests, from, _requests, to, count);
        Array.Copy(_courses, from, _courses, to, count);
        Array.Copy(_keys, from, _keys, to, count);
    }

    private void NoteSize(TokenGrid grid)
    {
        _mixesSizes |= _grid != default && grid != _grid;
        _grid = grid;
    }

    private void MakeRoom()
    {
        if (_tail < _courses.Length)
        {
            return;
        }

        var count = Count;
        var size = _head > _courses.Length / 2 ? _courses.Length : _courses.Length * 2;
        (_requests, _courses, _keys) = (Moved(_requests, size), Moved(_courses, size), Moved(_keys, size));
        (_head, _tail) = (0, count);
    }

    private T[] Moved<T>(T[] items, int size)
    {
        var moved = new T[size];
        Array.Copy(items, _head, moved, 0, Count);
        return moved;
    }
}
