using CsCheck;
using SimServe.Policies;
using SimServe.Policies.Caches;

namespace SimServe.Simulator.Tests.Caches;

public sealed class BoundedCacheTests
{
    private static readonly CachedObject One = new(1, 1);

    private static readonly Gen<(int Capacity, (int Kind, int Key)[] Actions)> Cases = Gen.Select(
        Gen.Int[0, 40], Gen.Select(Gen.Int[0, 9], Gen.Int[0, 25]).Array[0, 300]);

    [Test]
    public void Any_uses_pins_and_removals_give_what_a_plain_list_gives([ValueSource(typeof(EvictionPolicies), nameof(EvictionPolicies.Names))] string policy)
    {
        var evictions = 0L;
        foreach (var (capacity, actions) in FixedSample.Of(Cases, 150))
        {
            var model = new PlainCache(capacity, policy);
            foreach (var (kind, key) in actions)
            {
                model.Do(kind, key);
                if (!model.IsEqual())
                {
                    Assert.Fail($"The contents differ after {kind} on {key}.");
                }
            }

            evictions += model.Evictions;
        }

        Assert.That(evictions, Is.GreaterThan(1_000), "the samples must fill their caches");
    }

    [Test]
    public void Lru_evicts_what_has_not_been_used_for_longest()
    {
        var cache = Of(2, LeastRecentlyUsedEviction.PolicyName, "a", "b");
        cache.TryUse("a");
        cache.Insert("c", One);
        Assert.That(Contents(cache, "a", "b", "c"), Is.EqualTo("ac"));
    }

    [Test]
    public void Lfu_evicts_the_least_used_and_among_equals_the_least_recently_used()
    {
        var cache = Of(3, LeastFrequentlyUsedEviction.PolicyName, "a", "b", "c");
        cache.TryUse("a");
        cache.TryUse("c");
        cache.TryUse("b");
        cache.Insert("d", One);
        Assert.That(Contents(cache, "a", "b", "c", "d"), Is.EqualTo("bcd"), "all had two uses, the first one's were oldest");
        cache.Insert("e", One);
        Assert.That(Contents(cache, "a", "b", "c", "d", "e"), Is.EqualTo("bce"));
    }

    [Test]
    public void Benefit_weighted_lets_new_objects_overtake_what_is_no_longer_used()
    {
        var cache = Of(2, BenefitWeightedEviction.PolicyName, "a", "b");
        cache.TryUse("a");
        cache.TryUse("a");

        // Worth: a 3, b 1. Each victim's worth is added to the next object's: c 2, d 3, which ties with a, used longer ago.
        cache.Insert("c", One);
        cache.Insert("d", One);
        Assert.That(Contents(cache, "a", "b", "c", "d"), Is.EqualTo("ad"));
        cache.Insert("e", One);
        Assert.That(Contents(cache, "a", "d", "e"), Is.EqualTo("de"));
    }

    [Test]
    public void Benefit_weighted_keeps_small_and_expensive_objects()
    {
        var cache = new BoundedCache<string>(10, new BenefitWeightedEviction());
        cache.Insert("small", new CachedObject(2, 1));
        cache.Insert("expensive", new CachedObject(4, 4));
        cache.Insert("large", new CachedObject(4, 1));
        cache.Insert("next", new CachedObject(4, 2));
        Assert.That(cache.Contains("large"), Is.False);
        Assert.That(cache.Contains("small") && cache.Contains("expensive") && cache.Contains("next"));
    }

    [Test]
    public void Object_without_room_passes_through_and_evicts_nothing()
    {
        var cache = new BoundedCache<string>(10, new LeastRecentlyUsedEviction());
        cache.Insert("a", new CachedObject(6));
        cache.Insert("b", new CachedObject(3));
        cache.Pin("a");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cache.Insert("larger than the cache", new CachedObject(11)), Is.False);
            Assert.That(cache.Insert("larger than what is not pinned", new CachedObject(5)), Is.False);
            Assert.That(cache.Count, Is.EqualTo(2));
            Assert.That(cache.Evictions, Is.Zero);
            Assert.That(cache.Insert("fits for the other", new CachedObject(4)));
            Assert.That(cache.Contains("a") && !cache.Contains("b"));
        }
    }

    [Test]
    public void Pins_count_and_unpinned_objects_are_evicted_by_the_uses_they_had()
    {
        var cache = Of(2, LeastRecentlyUsedEviction.PolicyName, "a", "b");
        cache.Pin("a");
        cache.Pin("a");
        cache.Unpin("a");
        cache.Insert("c", One);
        Assert.That(Contents(cache, "a", "b", "c"), Is.EqualTo("ac"));
        cache.Unpin("a");
        cache.Insert("d", One);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Contents(cache, "a", "b", "c", "d"), Is.EqualTo("cd"));
            Assert.That(cache.Unpin("a"), Is.False);
            Assert.That(cache.Unpin("c"), Is.False);
            Assert.That(cache.Pin("a"), Is.False);
        }
    }

    [Test]
    public void Impossible_parameters_throw()
    {
        var cache = Of(2, LeastRecentlyUsedEviction.PolicyName);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new BoundedCache<int>(-1, new LeastRecentlyUsedEviction()), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => cache.Insert("a", new CachedObject(0)), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => cache.Insert("a", new CachedObject(1, double.NaN)), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => EvictionPolicies.Create("fifo"), Throws.ArgumentException.With.Message.Contains("lru, lfu, benefit-weighted"));
        }
    }

    [Test]
    public void References_allocate_nothing_in_steady_state([ValueSource(typeof(EvictionPolicies), nameof(EvictionPolicies.Names))] string policy)
    {
        var cache = new BoundedCache<int>(1_000, EvictionPolicies.Create(policy));
        var random = new RandomStream(1, "references");
        Refer(cache, random);
        var (before, evictions) = (GC.GetAllocatedBytesForCurrentThread(), cache.Evictions);
        Refer(cache, random);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(allocated, Is.Zero);
            Assert.That(cache.Evictions - evictions, Is.GreaterThan(10_000));
        }
    }

    private static void Refer(BoundedCache<int> cache, RandomStream random)
    {
        for (var i = 0; i < 50_000; i++)
        {
            var key = random.Next(500);
            if (!cache.TryUse(key))
            {
                cache.Insert(key, new CachedObject(1 + (key % 10), 0.1));
            }

            if (cache.Pin(key))
            {
                cache.Unpin(key);
            }
        }
    }

    private static BoundedCache<string> Of(long capacity, string policy, params string[] keys)
    {
        var cache = new BoundedCache<string>(capacity, EvictionPolicies.Create(policy));
        foreach (var key in keys)
        {
            cache.Insert(key, One);
        }

        return cache;
    }

    private static string Contents(BoundedCache<string> cache, params string[] keys) => string.Concat(keys.Where(cache.Contains));
}
