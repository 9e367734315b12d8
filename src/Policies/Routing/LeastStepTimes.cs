using SimServe.Policies.Pipelines;

namespace SimServe.Policies.Routing;

// What no step of a batch of so many members with at least so many masked tokens falls short of, on one kind of worker: few enough numbers to have them all, where a step's own
// time must be planned for every sum of masked tokens. Ticks.
internal sealed class LeastStepTimes(StepPlanner planner)
{
    private const int Grains = 64;

    private readonly int _grain = Math.Max(1, planner.Model.Grid.Count / Grains);
    private long[][] _ticks = [];

    // So many 64ths of the image.
    public int Tokens(int grains) => grains * _grain;

    public long Of(int members, int maskedTokens)
    {
        var grains = maskedTokens / _grain;
        var row = members < _ticks.Length ? _ticks[members] : Grow(members);
        if (grains >= row.Length)
        {
            Array.Resize(ref row, grains + 1);
            _ticks[members] = row;
        }

        // A step takes at least one tick, so that 0 is what nobody has asked for.
        return row[grains] > 0 ? row[grains] : row[grains] = Math.Max(1, planner.LeastTicks(members, grains * _grain));
    }

    private long[] Grow(int members)
    {
        var known = _ticks.Length;
        Array.Resize(ref _ticks, members + 1);
        Array.Fill(_ticks, [], known, _ticks.Length - known);
        return _ticks[members];
    }
}
