namespace SimServe.Policies.Scaling;

// Grows at once and shrinks only to what was the largest wish for some time, as the autoscaler of Kubernetes does: a lull does not cost a cold start.
internal sealed class StabilisedSize(TimeSpan stabilisation)
{
    private readonly List<Wish> _wishes = [];

    public int Decide(int wish, in FleetLoad load, Instant now)
    {
        var current = load.Ready + load.Starting;
        if (_wishes.Count == 0)
        {
            // What the fleet began with counts as wished for.
            _wishes.Add(new Wish(now, current));
        }

        Remember(new Wish(now, wish), now);
        if (wish > current)
        {
            return wish;
        }

        // Kept in order of time with falling sizes, so the first is the largest.
        return Math.Max(1, Math.Min(current, _wishes[0].Size));
    }

    private void Remember(Wish wish, Instant now)
    {
        while (_wishes.Count > 0 && _wishes[^1].Size <= wish.Size)
        {
            _wishes.RemoveAt(_wishes.Count - 1);
        }

        _wishes.Add(wish);
        var expired = 0;
        while (now - _wishes[expired].At > stabilisation)
        {
            expired++;
        }

        _wishes.RemoveRange(0, expired);
    }

    private readonly record struct Wish(Instant At, int Size);
}
