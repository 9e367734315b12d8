namespace SimServe.Policies.Caches;

/// <summary>Hears of what a cache evicts to make room.</summary>
/// <typeparam name="TKey">What names objects.</typeparam>
public interface IEvictionListener<in TKey>
{
    /// <summary>An object has left the cache. Must not change that cache.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="item">The object.</param>
    /// <param name="uses">Its uses while it was in the cache.</param>
    void Evicted(TKey key, CachedObject item, long uses);
}
