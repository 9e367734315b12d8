namespace SimServe.Policies.Caches;

/// <summary>Evicts the object that has not been used for longest.</summary>
public sealed class LeastRecentlyUsedEviction : IEvictionPolicy
{
    /// <summary>Name in scenario files and reports.</summary>
    public const string PolicyName = "lru";

    /// <inheritdoc/>
    public string Name => PolicyName;

    /// <summary>All are worth the same, so recency alone decides.</summary>
    /// <inheritdoc/>
    public double Worth(long uses, CachedObject item, double inflation) => 0;
}
