using CsCheck;
using SimServe.Policies.Caches;

namespace SimServe.Simulator.Tests.Caches;

public sealed class TieredCacheTests
{
    private static readonly CachedObject One = new(1, 1);

    private static readonly Gen<(int Kind, int Key, int Tier)[]> Actions =
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 30], Gen.Int[0, 2]).Array[0, 200];

    [Test]
    public void Victims_go_down_tier_by_tier_and_out_at_the_end()
    {
        var cache = Of(1, 1, 1);
        foreach (var key in "abcd")
        {
            cache.Promote(key, One);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That("abcd".Select(cache.Locate), Is.EqualTo(new[] { 3, 2, 1, 0 }));
            Assert.That(cache.Holds('a', cache.Origin));
            Assert.That(cache.CountsOf(1).Demotions, Is.EqualTo(3));
            Assert.That(cache.CountsOf(2).DemotedBytes, Is.EqualTo(2));
            Assert.That(cache.CountsOf(3), Is.EqualTo(default(TierCounts)), "the origin holds everything: nothing is written there");
        }
    }

    [Test]
    public void Promotion_copies_so_that_a_victim_with_a_copy_below_costs_nothing()
    {
        var cache = Of(1, 4, 4);
        cache.Promote('a', One, 1);
        cache.Promote('a', One);
        cache.Promote('b', One);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cache.Locate('a'), Is.EqualTo(1));
            Assert.That(cache.Locate('b'), Is.Zero);
            Assert.That(cache.CountsOf(1).Demotions, Is.Zero);
        }
    }

    [Test]
    public void Victim_that_the_next_tier_cannot_hold_goes_to_the_one_after()
    {
        var cache = Of(5, 3, 9);
        cache.Promote('a', new CachedObject(5));
        cache.Promote('b', One);
        Assert.That(cache.Locate('a'), Is.EqualTo(2));
    }

    [Test]
    public void Uses_count_where_they_found_their_object()
    {
        var cache = Of(1, 2, 2);
        var item = new CachedObject(1);
        cache.Promote('a', item, 2);
        cache.Promote('b', item, 0);
        int[] found = [cache.Use('a', item), cache.Use('a', item), cache.Use('b', item), cache.Use('c', new CachedObject(7))];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(found, Is.EqualTo(new[] { 2, 2, 0, 3 }));
            Assert.That(cache.CountsOf(2), Is.EqualTo(new TierCounts(2, 2, 0, 0)));
            Assert.That(cache.CountsOf(cache.Origin), Is.EqualTo(new TierCounts(1, 7, 0, 0)));
            Assert.That(Enumerable.Range(0, 4).Select(cache.NameOf), Is.EqualTo(new[] { "hbm", "host", "disk", "remote" }));
        }
    }

    [Test]
    public void Demoted_object_keeps_its_uses()
    {
        var lfu = new LeastFrequentlyUsedEviction();
        var cache = new TieredCache<char>("remote", new CacheTier("hbm", 1, lfu), new CacheTier("host", 2, lfu));
        cache.Promote('x', One, 1);
        cache.Promote('y', One, 1);
        cache.Use('y', One);
        cache.Promote('a', One);
        cache.Use('a', One);
        cache.Use('a', One);
        cache.Promote('b', One);

        // In the host tier a has 3 uses, y 2; x, with one, had to go. The next victim from above has one use: y goes.
        cache.Promote('c', One);
        Assert.That("abcxy".Select(cache.Locate), Is.EqualTo(new[] { 1, 1, 0, 2, 2 }));
    }

    [Test]
    public void Lost_tier_is_empty_and_the_others_keep_theirs()
    {
        var cache = Of(2, 2, 2);
        cache.Promote('a', One, 1);
        cache.Pin('a', 1);
        cache.Promote('a', One, 2);
        cache.Clear(1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cache.Locate('a'), Is.EqualTo(2));
            Assert.That(cache.UsedBytesOf(1), Is.Zero);
            Assert.That(cache.Unpin('a', 1), Is.False, "the pin was lost with it");
            Assert.That(cache.Promote('b', new CachedObject(2), 1), "all of it is free again");
        }

        cache.Remove('a');
        Assert.That(cache.Locate('a'), Is.EqualTo(cache.Origin));
    }

    [Test]
    public void No_tier_exceeds_its_capacity_or_loses_a_pinned_object()
    {
        foreach (var actions in FixedSample.Of(Actions, 300))
        {
            var cache = Of(10, 15, 25);
            var pinned = new HashSet<(char Key, int Tier)>();
            foreach (var (kind, number, tier) in actions)
            {
                var key = (char)('a' + number);
                var item = new CachedObject(1 + (number % 6), 1);
                if (kind <= 7)
                {
                    cache.Use(key, item);
                    cache.Promote(key, item, tier);
                }
                else if (kind == 8 && cache.Pin(key, tier))
                {
                    pinned.Add((key, tier));
                }

                Assert.That(cache.UsedBytesOf(0), Is.LessThanOrEqualTo(10));
                Assert.That(cache.UsedBytesOf(1), Is.LessThanOrEqualTo(15));
                Assert.That(cache.UsedBytesOf(2), Is.LessThanOrEqualTo(25));
                Assert.That(pinned.All(pin => cache.Holds(pin.Key, pin.Tier)));
            }
        }
    }

    private static TieredCache<char> Of(long hbm, long host, long disk)
    {
        var lru = new LeastRecentlyUsedEviction();
        return new TieredCache<char>("remote", new CacheTier("hbm", hbm, lru), new CacheTier("host", host, lru), new CacheTier("disk", disk, lru));
    }
}
