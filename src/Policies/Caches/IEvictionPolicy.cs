namespace SimServe.Policies.Caches;

/// <summary>Says how much an object in a cache is worth keeping. The least worth is evicted first, among equals the least recently used.</summary>
public interface IEvictionPolicy
{
    /// <summary>Name in scenario files and reports.</summary>
    string Name { get; }

    /// <summary>An object's worth from its present use until its next.</summary>
    /// <param name="uses">Its uses since it came into the cache, this one included; at least 1.</param>
    /// <param name="item">The object.</param>
    /// <param name="inflation">The highest worth of any victim so far, 0 before the first; never falls.</param>
    /// <returns>A finite number that does not fall from one use to the next.</returns>
    double Worth(long uses, CachedObject item, double inflation);
}
