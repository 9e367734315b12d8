using MathNet.Numerics.RootFinding;
using SimServe.Policies.Caches;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Caches;

/// <summary>Hit ratios under independent references against what is known of them.</summary>
public sealed class HitRatioTests
{
    private const int References = 400_000;

    [Test]
    public void Lru_matches_Ches_approximation([Values(20, 200)] int capacity, [Values(0.8, 1.2)] double exponent)
    {
        var probabilities = Zipf(2_000, exponent);
        var expected = CheHitRatio(probabilities, capacity);
        var actual = new ReferenceStream(probabilities, 1).HitRatio(new BoundedCache<int>(capacity, new LeastRecentlyUsedEviction()), References);
        TestContext.Out.WriteLine($"capacity {capacity}, exponent {exponent}: hit ratio {actual:0.0000}, Che {expected:0.0000}");

        // The approximation errs by less than 1 % at these sizes (Fricker, Robert and Roberts, ITC 2012); the sample by its standard error.
        Assert.That(actual, Is.EqualTo(expected).Within((0.01 * expected) + (3 * StandardError(expected))));
    }

    [Test]
    public void Lfu_keeps_what_is_most_popular_and_leaves_one_slot_to_all_others()
    {
        // Nine popular objects and ten thousand rare ones. Whatever was missed must be inserted, so one slot changes its object all the
        // time and nothing can beat the sum of the top C - 1 probabilities by more than that slot's hits (Aho, Denning and Ullman, JACM 1971).
        double[] popular = [.. Enumerable.Range(1, 9).Select(static rank => 0.8 * rank / 45)];
        double[] probabilities = [.. popular, .. Enumerable.Repeat(0.2 / 10_000, 10_000)];
        var expected = 0.8 + (10_000 * Math.Pow(0.2 / 10_000, 2) / 0.2);
        var stream = new ReferenceStream(probabilities, 2);
        var actual = stream.HitRatio(new BoundedCache<int>(10, new LeastFrequentlyUsedEviction()), References);
        Assert.That(actual, Is.EqualTo(expected).Within(3 * StandardError(expected)));
    }

    [Test]
    public void Lfu_beats_lru_and_never_the_sum_of_the_highest_probabilities([Values(10, 100)] int capacity)
    {
        var probabilities = Zipf(1_000, 0.9);
        var top = probabilities.Take(capacity).Sum();
        var actual = new ReferenceStream(probabilities, 3).HitRatio(new BoundedCache<int>(capacity, new LeastFrequentlyUsedEviction()), References);
        TestContext.Out.WriteLine($"capacity {capacity}: hit ratio {actual:0.0000}, top {top:0.0000}, lru {CheHitRatio(probabilities, capacity):0.0000}");
        Assert.That(actual, Is.InRange(CheHitRatio(probabilities, capacity), top + (3 * StandardError(top))));
    }

    [Test]
    public void Benefit_weighted_spends_fewer_reload_seconds_than_lru_where_sizes_differ()
    {
        var benefit = ReloadSeconds(new BenefitWeightedEviction());
        var lru = ReloadSeconds(new LeastRecentlyUsedEviction());
        TestContext.Out.WriteLine($"reload seconds: benefit-weighted {benefit:0}, lru {lru:0}");
        Assert.That(benefit, Is.LessThan(lru));
    }

    /// <summary>Sizes and popularity are independent; a reload takes a fixed 10 ms and a millisecond per unit of size.</summary>
    private static double ReloadSeconds(IEvictionPolicy policy)
    {
        var stream = new ReferenceStream(Zipf(1_000, 0.9), 4);
        var cache = new BoundedCache<int>(2_000, policy);
        var seconds = 0.0;
        for (var i = 0; i < References / 2; i++)
        {
            var key = stream.Next();
            var bytes = 1 + (key * 7919 % 100);
            var item = new CachedObject(bytes, 0.01 + (0.001 * bytes));
            if (!cache.TryUse(key))
            {
                seconds += item.ReloadSeconds;
                cache.Insert(key, item);
            }
        }

        return seconds;
    }

    /// <summary>
    /// An object is there if it was used within the characteristic time T, at which the expected number of distinct objects is the capacity.
    /// Fagin, "Asymptotic miss ratios over independent references", 1977; Che, Tung and Wang, JSAC 2002.
    /// </summary>
    private static double CheHitRatio(double[] probabilities, int capacity)
    {
        var time = Brent.FindRoot(
            time => probabilities.Sum(probability => -double.ExpM1(-probability * time)) - capacity, 1, 1e9, accuracy: 1e-6, maxIterations: 500);
        return probabilities.Sum(probability => probability * -double.ExpM1(-probability * time));
    }

    private static double[] Zipf(int items, double exponent)
    {
        var zipf = new ZipfPopularity(items, exponent);
        return [.. Enumerable.Range(0, items).Select(zipf.Probability)];
    }

    private static double StandardError(double ratio) => Math.Sqrt(ratio * (1 - ratio) / References);
}
