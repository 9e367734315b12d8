using SimServe.Policies.Routing;

namespace SimServe.Policies.Serving;

// The workers that take requests, with a winner tree over their numbers of requests: the least loaded is known at once.
internal sealed class ServingFleet : FleetView
{
    private Worker[] _available = [];
    private int[] _loads = [];
    private long[] _versions = [];
    private int[] _winners = [];
    private int _leaves;

    public void Show(Worker[] available)
    {
        foreach (var worker in _available)
        {
            worker.TakeDown();
        }

        _available = available;
        _leaves = 1;
        while (_leaves < available.Length)
        {
            _leaves *= 2;
        }

        (_loads, _winners) = (new int[_leaves], new int[_leaves * 2]);
        for (var i = 0; i < _leaves; i++)
        {
            _winners[_leaves + i] = i;
            _loads[i] = i < available.Length ? available[i].Load : int.MaxValue;
        }

        _versions = new long[available.Length];
        for (var i = 0; i < available.Length; i++)
        {
            available[i].PutUp(_versions, i);
        }

        for (var node = _leaves - 1; node >= 1; node--)
        {
            _winners[node] = Winner(node);
        }

        base.Show(available);
    }

    public override int FewestRequests() => _winners[1];

    public override ReadOnlySpan<long> Versions() => _versions;

    public Worker At(int place) => _available[place];

    // Where another worker has won and goes on winning, nothing changes further up.
    public void Changed(int place)
    {
        _loads[place] = _available[place].Load;
        for (var node = (_leaves + place) >> 1; node >= 1; node >>= 1)
        {
            var (before, winner) = (_winners[node], Winner(node));
            if (winner == before && winner != place)
            {
                return;
            }

            _winners[node] = winner;
        }
    }

    // Of equals the left one, which has the lower number.
    private int Winner(int node)
    {
        var (left, right) = (_winners[2 * node], _winners[(2 * node) + 1]);
        return _loads[left] <= _loads[right] ? left : right;
    }
}
