using SimServe.Policies.Routing;

namespace SimServe.Policies.Serving;

// The workers that take requests, with a winner tree over their numbers of requests: the least loaded is known at once.
internal sealed class ServingFleet : FleetView
{
    private Worker[] _available = [];
    private int[] _winners = [];
    private int _leaves;

    public void Show(Worker[] available)
    {
        foreach (var worker in _available)
        {
            worker.Place = -1;
        }

        _available = available;
        _leaves = 1;
        while (_leaves < available.Length)
        {
            _leaves *= 2;
        }

        _winners = new int[_leaves * 2];
        for (var i = 0; i < _leaves; i++)
        {
            _winners[_leaves + i] = i;
        }

        for (var i = 0; i < available.Length; i++)
        {
            available[i].Place = i;
        }

        for (var node = _leaves - 1; node >= 1; node--)
        {
            _winners[node] = Winner(node);
        }

        base.Show(available);
    }

    public override int FewestRequests() => _winners[1];

    public void Changed(int place)
    {
        for (var node = (_leaves + place) / 2; node >= 1; node /= 2)
        {
            _winners[node] = Winner(node);
        }
    }

    // Of equals the left one, which has the lower number.
    private int Winner(int node)
    {
        var (left, right) = (_winners[2 * node], _winners[(2 * node) + 1]);
        return Load(left) <= Load(right) ? left : right;
    }

    private int Load(int place) => place < _available.Length ? _available[place].Load : int.MaxValue;
}
