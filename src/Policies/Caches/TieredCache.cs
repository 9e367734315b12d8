namespace SimServe.Policies.Caches;

/// <summary>Bounded tiers from fastest to slowest over an origin that holds everything, e.g. HBM, host memory, disk; remote storage.</summary>
/// <typeparam name="TKey">What names objects.</typeparam>
/// <remarks>
/// Tiers are numbered from 0, the fastest; the origin is <see cref="Origin"/>. A promotion copies: slower tiers keep what they hold, because what is
/// cached here is read only, so a victim that the next tier still holds costs nothing to demote. A victim that no slower tier has room for is
/// dropped; the origin has it. Says what is where; the time that copies take is their owner's affair. Not thread-safe.
/// </remarks>
public sealed class TieredCache<TKey>
    where TKey : notnull
{
    private readonly string[] _names;
    private readonly BoundedCache<TKey>[] _tiers;
    private readonly TierCounts[] _counts;

    /// <summary>Creates empty tiers.</summary>
    /// <param name="originName">Name of what holds everything, e.g. <c>remote</c>.</param>
    /// <param name="tiers">The tiers, fastest first; at least one.</param>
    /// <exception cref="ArgumentException">There is no tier.</exception>
    public TieredCache(string originName, params IReadOnlyList<CacheTier> tiers)
    {
        ArgumentException.ThrowIfNullOrEmpty(originName);
        ArgumentNullException.ThrowIfNull(tiers);
        if (tiers.Count == 0)
        {
            throw new ArgumentException("A tiered cache needs at least one tier over its origin.", nameof(tiers));
        }

        _names = [.. tiers.Select(static tier => tier.Name), originName];
        _tiers = [.. tiers.Select((tier, number) => new BoundedCache<TKey>(tier.CapacityBytes, tier.Policy, new Demotion(this, number + 1)))];
        _counts = new TierCounts[_names.Length];
    }

    /// <summary>Hears what leaves the fastest tier to make room, or <c>null</c>.</summary>
    public IEvictionListener<TKey>? Listener { get; init; }

    /// <summary>Hears what leaves the slowest tier to make room, or was too large for every tier below the one it left; or <c>null</c>.</summary>
    public IEvictionListener<TKey>? Dropped { get; init; }

    /// <summary>Number of the origin: how many tiers there are over it.</summary>
    public int Origin => _tiers.Length;

    /// <summary>A tier's name.</summary>
    /// <param name="tier">From 0 to <see cref="Origin"/>.</param>
    public string NameOf(int tier) => _names[tier];

    /// <summary>What has happened at a tier.</summary>
    /// <param name="tier">From 0 to <see cref="Origin"/>.</param>
    public TierCounts CountsOf(int tier) => _counts[tier];

    /// <summary>Objects that a tier has evicted to make room.</summary>
    /// <param name="tier">From 0 to the last before <see cref="Origin"/>.</param>
    public long EvictionsOf(int tier) => _tiers[tier].Evictions;

    /// <summary>Bytes that a tier holds.</summary>
    /// <param name="tier">From 0 to the last before <see cref="Origin"/>.</param>
    public long UsedBytesOf(int tier) => _tiers[tier].UsedBytes;

    /// <summary>Whether a tier holds an object.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="tier">From 0 to <see cref="Origin"/>, which holds everything.</param>
    public bool Holds(TKey key, int tier) => tier == Origin || _tiers[tier].Contains(key);

    /// <summary>The fastest tier that holds an object. Not a use.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>From 0 to <see cref="Origin"/>.</returns>
    public int Locate(TKey key)
    {
        var tier = 0;
        while (tier < _tiers.Length && !_tiers[tier].Contains(key))
        {
            tier++;
        }

        return tier;
    }

    /// <summary>Uses an object where it is fastest to get, which counts there and makes it worth more there.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="item">The object.</param>
    /// <returns>That tier, from 0 to <see cref="Origin"/>.</returns>
    public int Use(TKey key, CachedObject item)
    {
        var tier = Locate(key);
        if (tier < Origin)
        {
            _tiers[tier].TryUse(key);
        }

        ref var counts = ref _counts[tier];
        counts = counts with { Hits = counts.Hits + 1, HitBytes = counts.HitBytes + item.Bytes };
        return tier;
    }

    /// <summary>Puts a copy of an object into a tier; what must go is demoted to the next.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="item">The object.</param>
    /// <param name="tier">From 0 to the last before <see cref="Origin"/>.</param>
    /// <returns>Whether that tier holds it now; false when it is too large for what is not pinned there.</returns>
    public bool Promote(TKey key, CachedObject item, int tier = 0) => _tiers[tier].Insert(key, item);

    /// <summary>Keeps a tier's copy from being evicted until it is unpinned as often as it was pinned.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="tier">From 0 to the last before <see cref="Origin"/>.</param>
    /// <returns>False when the tier does not hold it.</returns>
    public bool Pin(TKey key, int tier) => _tiers[tier].Pin(key);

    /// <summary>Takes back one <see cref="Pin"/>.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="tier">From 0 to the last before <see cref="Origin"/>.</param>
    /// <returns>False when the tier does not hold it or it is not pinned there.</returns>
    public bool Unpin(TKey key, int tier) => _tiers[tier].Unpin(key);

    /// <summary>Takes every copy but the origin's away.</summary>
    /// <param name="key">The object's key.</param>
    public void Remove(TKey key)
    {
        foreach (var tier in _tiers)
        {
            tier.Remove(key);
        }
    }

    /// <summary>Loses what a tier holds, pinned or not: its memory is gone.</summary>
    /// <param name="tier">From 0 to the last before <see cref="Origin"/>.</param>
    public void Clear(int tier) => _tiers[tier].Clear();

    private void Demote(TKey key, CachedObject item, long uses, int tier)
    {
        while (tier < Origin && !_tiers[tier].Contains(key))
        {
            if (_tiers[tier].Insert(key, item, uses))
            {
                ref var counts = ref _counts[tier];
                counts = counts with { Demotions = counts.Demotions + 1, DemotedBytes = counts.DemotedBytes + item.Bytes };
                return;
            }

            tier++;
        }

        if (tier == Origin)
        {
            Dropped?.Evicted(key, item, uses);
        }
    }

    private sealed class Demotion(TieredCache<TKey> owner, int tier) : IEvictionListener<TKey>
    {
        public void Evicted(TKey key, CachedObject item, long uses)
        {
            owner.Demote(key, item, uses, tier);
            if (tier == 1)
            {
                owner.Listener?.Evicted(key, item, uses);
            }
        }
    }
}
