using SimServe.Policies.Pipelines;

namespace SimServe.Policies.Routing;

// What one planner says of step times, as plain arrays: a router asks dozens of times for each arrival.
internal sealed class StepTimes(StepPlanner planner)
{
    private long[][] _rows = [];

    // Ticks of a step of the arrival alone.
    public long Alone { get; private set; }

    public void Meet(int maskedTokens) => Alone = Ticks(1, maskedTokens);

    // Ticks of a step of a batch, at least 1.
    public long Ticks(int members, int maskedTokens)
    {
        var rows = _rows;
        if ((uint)members < (uint)rows.Length)
        {
            var row = rows[members];
            if ((uint)maskedTokens < (uint)row.Length && row[maskedTokens] is var ticks and > 0)
            {
                return ticks;
            }
        }

        return Ask(members, maskedTokens);
    }

    private long Ask(int members, int maskedTokens)
    {
        var ticks = Math.Max(1, planner.StepTime(members, maskedTokens).Ticks);
        var most = members * planner.Model.Grid.Count;
        if (maskedTokens <= most)
        {
            Remember(members, maskedTokens, most, ticks);
        }

        return ticks;
    }

    private void Remember(int members, int maskedTokens, int most, long ticks)
    {
        if (members >= _rows.Length)
        {
            var old = _rows.Length;
            Array.Resize(ref _rows, members + 1);
            Array.Fill(_rows, [], old, _rows.Length - old);
        }

        if (_rows[members].Length == 0)
        {
            _rows[members] = new long[most + 1];
        }

        _rows[members][maskedTokens] = ticks;
    }
}
