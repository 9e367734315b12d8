using System.Diagnostics.CodeAnalysis;

namespace SimServe.Policies.Caches;

/// <summary>A cache of objects of different sizes with a bounded number of bytes.</summary>
/// <typeparam name="TKey">What names objects.</typeparam>
/// <remarks>
/// Knows what is there, not what it holds: loading takes the time that its owner says. Every operation is O(log n) (an insertion that evicts,
/// for each victim) and allocates nothing in steady state. Pinned objects are never evicted. An object for which
/// there would be no room with everything evictable gone passes through: nothing is evicted for it. Not thread-safe.
/// </remarks>
public sealed class BoundedCache<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, int> _slots = [];
    private readonly Stack<int> _free = new();
    private readonly EvictionHeap _order = new();
    private readonly IEvictionPolicy _policy;
    private readonly IEvictionListener<TKey>? _listener;
    private CacheEntry<TKey>[] _entries = new CacheEntry<TKey>[16];
    private double _inflation;
    private long _references;
    private int _used;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="capacityBytes">Bytes it can hold; 0 or more.</param>
    /// <param name="policy">What it evicts first.</param>
    /// <param name="listener">Who hears of evictions, or <c>null</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is negative.</exception>
    public BoundedCache(long capacityBytes, IEvictionPolicy policy, IEvictionListener<TKey>? listener = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacityBytes);
        ArgumentNullException.ThrowIfNull(policy);
        (CapacityBytes, _policy, _listener) = (capacityBytes, policy, listener);
    }

    /// <summary>Bytes it can hold.</summary>
    public long CapacityBytes { get; }

    /// <summary>Bytes it holds; never more than <see cref="CapacityBytes"/>.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>Bytes of pinned objects.</summary>
    public long PinnedBytes { get; private set; }

    /// <summary>Objects it holds.</summary>
    public int Count => _slots.Count;

    /// <summary>Uses that found their object.</summary>
    public long Hits { get; private set; }

    /// <summary>Uses that did not.</summary>
    public long Misses { get; private set; }

    /// <summary>Objects evicted to make room.</summary>
    public long Evictions { get; private set; }

    /// <summary>Whether an object is there. Not a use.</summary>
    /// <param name="key">Its key.</param>
    public bool Contains(TKey key) => _slots.ContainsKey(key);

    /// <summary>Uses an object: counts a hit or a miss, and a hit makes it worth more.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>Whether it is there.</returns>
    public bool TryUse(TKey key)
    {
        if (!_slots.TryGetValue(key, out var slot))
        {
            Misses++;
            return false;
        }

        Hits++;
        Touch(slot);
        return true;
    }

    /// <summary>Puts an object in, which counts as its first use, and evicts what must go. One that is there already is left as it is.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="item">The object.</param>
    /// <returns>Whether it is there now; false when it passed through.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is less than 1, or a reload time is not a finite number of at least 0.</exception>
    public bool Insert(TKey key, CachedObject item) => Insert(key, item, uses: 1);

    /// <summary>Takes an object out, pinned or not. Not an eviction: the listener does not hear of it.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>Whether it was there.</returns>
    public bool Remove(TKey key)
    {
        if (!_slots.TryGetValue(key, out var slot))
        {
            return false;
        }

        Drop(slot);
        return true;
    }

    /// <summary>Loses everything, pinned or not: the memory is gone.</summary>
    public void Clear()
    {
        foreach (var slot in _slots.Values)
        {
            _entries[slot] = default;
            _free.Push(slot);
        }

        _slots.Clear();
        _order.Clear();
        (UsedBytes, PinnedBytes) = (0, 0);
    }

    /// <summary>Keeps an object from being evicted until it is unpinned as often as it was pinned.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>False when it is not there: nothing is done then.</returns>
    public bool Pin(TKey key)
    {
        if (!_slots.TryGetValue(key, out var slot))
        {
            return false;
        }

        if (_entries[slot].Pins++ == 0)
        {
            PinnedBytes += _entries[slot].Item.Bytes;
            _order.Remove(slot);
        }

        return true;
    }

    /// <summary>Takes back one <see cref="Pin"/>.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>False when it is not there or not pinned: nothing is done then.</returns>
    public bool Unpin(TKey key)
    {
        if (!_slots.TryGetValue(key, out var slot) || _entries[slot].Pins == 0)
        {
            return false;
        }

        if (--_entries[slot].Pins == 0)
        {
            PinnedBytes -= _entries[slot].Item.Bytes;
            _order.Add(slot, _entries[slot].Rank);
        }

        return true;
    }

    /// <summary>Whether an object would find room with nothing evicted.</summary>
    /// <param name="bytes">Its size, at least 1.</param>
    public bool HasRoom(long bytes) => bytes <= CapacityBytes - UsedBytes;

    /// <summary>The object that would be evicted first.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>False where nothing is evictable.</returns>
    public bool TryGetFirst([MaybeNullWhen(false)] out TKey key)
    {
        key = _order.Count > 0 ? _entries[_order.First].Key : default;
        return _order.Count > 0;
    }

    /// <summary>Puts an object in that has been used elsewhere before.</summary>
    internal bool Insert(TKey key, CachedObject item, long uses)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(item.Bytes, 1);
        if (!double.IsFinite(item.ReloadSeconds) || item.ReloadSeconds < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(item), item.ReloadSeconds, "Reload seconds must be a finite number of at least 0.");
        }

        if (_slots.ContainsKey(key))
        {
            return true;
        }

        if (item.Bytes > CapacityBytes - PinnedBytes)
        {
            return false;
        }

        MakeRoom(item.Bytes);
        Add(key, item, uses);
        return true;
    }

    private void MakeRoom(long bytes)
    {
        while (bytes > CapacityBytes - UsedBytes)
        {
            var victim = _entries[_order.First];
            // An object that was pinned while others left may be worth less than they were; inflation must not fall.
            _inflation = Math.Max(_inflation, victim.Rank.Worth);
            Drop(_order.First);
            Evictions++;
            _listener?.Evicted(victim.Key, victim.Item, victim.Uses);
        }
    }

    private void Add(TKey key, CachedObject item, long uses)
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _used++;
            if (slot == _entries.Length)
            {
                Array.Resize(ref _entries, 2 * slot);
            }
        }

        var rank = new EvictionRank(_policy.Worth(uses, item, _inflation), ++_references);
        _entries[slot] = new CacheEntry<TKey> { Key = key, Item = item, Uses = uses, Rank = rank };
        _slots.Add(key, slot);
        _order.Add(slot, rank);
        UsedBytes += item.Bytes;
    }

    private void Touch(int slot)
    {
        ref var entry = ref _entries[slot];
        entry.Uses++;
        entry.Rank = new EvictionRank(_policy.Worth(entry.Uses, entry.Item, _inflation), ++_references);
        if (entry.Pins == 0)
        {
            _order.Raise(slot, entry.Rank);
        }
    }

    private void Drop(int slot)
    {
        var entry = _entries[slot];
        if (entry.Pins == 0)
        {
            _order.Remove(slot);
        }
        else
        {
            PinnedBytes -= entry.Item.Bytes;
        }

        UsedBytes -= entry.Item.Bytes;
        _slots.Remove(entry.Key);
        _entries[slot] = default;
        _free.Push(slot);
    }
}
