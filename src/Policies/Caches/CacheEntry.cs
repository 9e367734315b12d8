namespace SimServe.Policies.Caches;

/// <summary>An object in a cache, or a free slot.</summary>
internal struct CacheEntry<TKey>
{
    public TKey Key;

    public CachedObject Item;

    public long Uses;

    /// <summary>Who uses it now and keeps it from being evicted.</summary>
    public int Pins;

    public EvictionRank Rank;
}
