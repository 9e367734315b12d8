namespace SimServe.Policies.Caches;

/// <summary>Evicts the object with the fewest uses since it came into the cache; among equals the least recently used.</summary>
/// <remarks>
/// Counts die with the eviction ("in-cache LFU"), as in the cache study of Katz (USENIX ATC '25), and never age: what was popular once
/// stays until something in the cache has been used more often. <see cref="BenefitWeightedEviction"/> ages.
/// </remarks>
public sealed class LeastFrequentlyUsedEviction : IEvictionPolicy
{
    /// <summary>Name in scenario files and reports.</summary>
    public const string PolicyName = "lfu";

    /// <inheritdoc/>
    public string Name => PolicyName;

    /// <inheritdoc/>
    public double Worth(long uses, CachedObject item, double inflation) => uses;
}
