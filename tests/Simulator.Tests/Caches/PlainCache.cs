using SimServe.Policies.Caches;

namespace SimServe.Simulator.Tests.Caches;

/// <summary>Drives a cache and the plainest list that could be right side by side.</summary>
internal sealed class PlainCache
{
    private readonly BoundedCache<int> _cache;
    private readonly IEvictionPolicy _policy;
    private readonly long _capacity;
    private readonly List<Entry> _entries = [];
    private double _inflation;
    private long _clock;

    public PlainCache(long capacity, string policy)
    {
        (_capacity, _policy) = (capacity, EvictionPolicies.Create(policy));
        _cache = new BoundedCache<int>(capacity, _policy);
    }

    public long Evictions => _cache.Evictions;

    public void Do(int kind, int key)
    {
        var entry = _entries.Find(entry => entry.Key == key);
        if (kind <= 6)
        {
            Use(key, entry);
        }
        else if (kind == 7)
        {
            Assert.That(_cache.Pin(key), Is.EqualTo(entry is not null));
            entry?.Pin(1);
        }
        else if (kind == 8)
        {
            Assert.That(_cache.Unpin(key), Is.EqualTo(entry is { Pins: > 0 }));
            entry?.Pin(entry.Pins > 0 ? -1 : 0);
        }
        else
        {
            Assert.That(_cache.Remove(key), Is.EqualTo(_entries.RemoveAll(entry => entry.Key == key) > 0));
        }
    }

    public bool IsEqual()
    {
        var (bytes, pinned, equal) = (0L, 0L, _cache.Count == _entries.Count);
        foreach (var entry in _entries)
        {
            equal &= _cache.Contains(entry.Key);
            (bytes, pinned) = (bytes + entry.Item.Bytes, pinned + (entry.Pins > 0 ? entry.Item.Bytes : 0));
        }

        return equal && _cache.UsedBytes == bytes && _cache.PinnedBytes == pinned && bytes <= _capacity;
    }

    private void Use(int key, Entry? entry)
    {
        Assert.That(_cache.TryUse(key), Is.EqualTo(entry is not null));
        var item = new CachedObject(1 + (key % 7), key % 5);
        if (entry is null)
        {
            entry = new Entry(key, item);
            Assert.That(_cache.Insert(key, item), Is.EqualTo(TryMakeRoom(item.Bytes)));
            if (_cache.Contains(key))
            {
                _entries.Add(entry);
            }
        }

        (entry.Uses, entry.LastUse) = (entry.Uses + 1, ++_clock);
        entry.Worth = _policy.Worth(entry.Uses, item, _inflation);
    }

    private bool TryMakeRoom(long bytes)
    {
        if (bytes > _capacity - _entries.Sum(static entry => entry.Pins > 0 ? entry.Item.Bytes : 0))
        {
            return false;
        }

        while (bytes > _capacity - _entries.Sum(static entry => entry.Item.Bytes))
        {
            var victim = _entries.Where(static entry => entry.Pins == 0).OrderBy(static entry => entry.Worth).ThenBy(static entry => entry.LastUse).First();
            _inflation = Math.Max(_inflation, victim.Worth);
            _entries.Remove(victim);
        }

        return true;
    }

    private sealed class Entry(int key, CachedObject item)
    {
        public int Key => key;

        public CachedObject Item => item;

        public long Uses { get; set; }

        public long LastUse { get; set; }

        public double Worth { get; set; }

        public int Pins { get; private set; }

        public void Pin(int change) => Pins += change;
    }
}
