namespace SimServe.Policies.Caches;

/// <summary>Place in the order of eviction: least first.</summary>
/// <param name="Worth">What the policy says.</param>
/// <param name="LastUse">Number of the last use in its cache: no two objects have the same.</param>
internal readonly record struct EvictionRank(double Worth, long LastUse)
{
    public bool IsBefore(in EvictionRank other) => Worth < other.Worth || (Worth == other.Worth && LastUse < other.LastUse);
}
