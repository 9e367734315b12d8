namespace SimServe.Simulator.Workloads;

/// <summary>Chooses among items by their weights, by one number, so that other weights change no other draw.</summary>
internal sealed class WeightedChoice
{
    private readonly double[] _cumulative;

    public WeightedChoice(IEnumerable<double> weights)
    {
        var sum = 0.0;
        _cumulative = [.. weights.Select(weight => sum += weight)];
    }

    // Few items: a walk is as fast as a search.
    public int Sample(Random random)
    {
        var sought = random.NextDouble() * _cumulative[^1];
        var item = 0;
        while (item < _cumulative.Length - 1 && sought >= _cumulative[item])
        {
            item++;
        }

        return item;
    }
}
