using SimServe.Policies;
using SimServe.Policies.Caches;

namespace SimServe.Simulator.Tests.Caches;

/// <summary>Independent references to objects of given probabilities.</summary>
internal sealed class ReferenceStream
{
    private readonly double[] _cumulative;
    private readonly RandomStream _random;

    public ReferenceStream(double[] probabilities, long seed)
    {
        _cumulative = new double[probabilities.Length];
        var sum = 0.0;
        for (var i = 0; i < probabilities.Length; i++)
        {
            _cumulative[i] = sum += probabilities[i];
        }

        _random = new RandomStream(seed, "references");
    }

    public int Next()
    {
        var found = Array.BinarySearch(_cumulative, _random.NextDouble() * _cumulative[^1]);
        return Math.Min(found < 0 ? ~found : found + 1, _cumulative.Length - 1);
    }

    /// <summary>Share of hits in a cache of objects of one byte that are inserted on a miss, after as many references again to fill it.</summary>
    public double HitRatio(BoundedCache<int> cache, int references)
    {
        Refer(cache, references);
        var hits = cache.Hits;
        Refer(cache, references);
        return (double)(cache.Hits - hits) / references;
    }

    private void Refer(BoundedCache<int> cache, int references)
    {
        for (var i = 0; i < references; i++)
        {
            var key = Next();
            if (!cache.TryUse(key))
            {
                cache.Insert(key, new CachedObject(1, 1));
            }
        }
    }
}
