namespace SimServe.Simulator.Links;

/// <summary>What queues of this folder are ordered by.</summary>
/// <param name="Value">Least first.</param>
/// <param name="Tie">Decides among equal values: a number that no other element has, so that order never depends on the queue.</param>
internal readonly record struct SortKey(double Value, long Tie) : IComparable<SortKey>
{
    public int CompareTo(SortKey other)
    {
        var values = Value.CompareTo(other.Value);
        return values != 0 ? values : Tie.CompareTo(other.Tie);
    }
}
