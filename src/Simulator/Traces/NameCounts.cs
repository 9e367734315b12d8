namespace SimServe.Simulator.Traces;

/// <summary>Counts names.</summary>
internal sealed class NameCounts
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private int _all;

    public void Add(string name)
    {
        _counts[name] = _counts.GetValueOrDefault(name) + 1;
        _all++;
    }

    public void Add(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            Add(name);
        }
    }

    public NameDescription Describe(int requests) => new(_counts.Count, (double)_all / requests, _all == 0 ? 0 : (double)_counts.Values.Max() / _all);
}
