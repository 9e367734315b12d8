using SimServe.Policies;
using SimServe.Policies.Caches;
using SimServe.Simulator.Workloads.Adapters;

namespace SimServe.Simulator.Tests.Workloads.Adapters;

/// <summary>Adapter populations through the product's caches against the curves of Katz, figure 6 (USENIX ATC '25), digitised.</summary>
/// <remarks>
/// Loads per request against the slots of a node's cache, one slot one adapter, inserted on a miss. Fitted were LoRAs on LRU at 2, 4 and 8 slots; ControlNets
/// on LRU at all slots and on LFU at 3, 5, 7 and 9 (A) and at 2, 3 and 8 (B); the others are judged. The aim is 10 %, or 1 % of the adapters that requests use where
/// hardly anything is loaded, and two standard errors of what is compared: one fleet of so many nodes with another.
/// </remarks>
public sealed class AdapterCacheCurvesTests
{
    private const int MaxSlots = 10;
    private const int Copies = 30;

    /// <summary>Requests per node of service A, at equally spaced quantiles of its 165 nodes (Katz, figure 7, digitised).</summary>
    private static readonly int[] NodesOfA =
    [
        24, 32, 36, 82, 129, 192, 218, 260, 312, 344, 433, 550, 586, 803, 829, 851, 933, 1070, 1145, 1263, 1293, 1328, 1345, 1366, 1405, 1415,
        1439, 1527, 1643, 1852, 2224, 2519, 3177,
    ];

    /// <summary>Requests per node of service B, at equally spaced quantiles of its 302 nodes.</summary>
    private static readonly int[] NodesOfB =
    [
        1, 3, 11, 29, 37, 43, 62, 95, 99, 103, 113, 304, 327, 341, 565, 767, 916, 1051, 1192, 1475, 1754, 2169, 2488, 2796, 3035, 3112, 3307, 3519,
        3593, 5296,
    ];

    [TestCase("lru", new[] { 1.880, 1.473, 1.460, 1.387, 1.371, 1.330, 1.312, 1.283, 1.264, 1.240 })]
    [TestCase("lfu", new[] { 1.880, 1.862, 1.832, 1.801, 1.781, 1.761, 1.742, 1.726, 1.709, 1.694 })]
    public void Loras_of_service_a_are_within_a_tenth_of_the_curve(string policy, double[] measured) =>
        Check("service-a", policy, static set => set.Loras, measured);

    [TestCase("lru", new[] { 0.894, 0.799, 0.733, 0.687, 0.648, 0.619, 0.594, 0.574, 0.556, 0.540 })]
    [TestCase("lfu", new[] { 0.894, 0.805, 0.769, 0.735, 0.702, 0.677, 0.651, 0.622, 0.597, 0.575 })]
    public void Loras_of_service_b_are_within_a_tenth_of_the_curve(string policy, double[] measured) =>
        Check("service-b", policy, static set => set.Loras, measured);

    [TestCase("lru", new[] { 1.534, 0.864, 0.561, 0.181, 0.012, 0.010, 0.009, 0.008, 0.008, 0.008 })]
    [TestCase("lfu", new[] { 1.534, 1.005, 0.526, 0.183, 0.016, 0.012, 0.012, 0.011, 0.011, 0.010 })]
    public void Controlnets_of_service_a_are_within_a_tenth_of_the_curve(string policy, double[] measured) =>
        Check("service-a", policy, static set => set.ControlNets, measured);

    [TestCase("lru", new[] { 1.593, 1.035, 0.873, 0.617, 0.445, 0.290, 0.148, 0.074, 0.040, 0.010 })]
    [TestCase("lfu", new[] { 1.593, 1.239, 1.036, 0.834, 0.597, 0.470, 0.359, 0.107, 0.065, 0.027 })]
    public void Controlnets_of_service_b_are_within_a_tenth_of_the_curve(string policy, double[] measured) =>
        Check("service-b", policy, static set => set.ControlNets, measured, except: policy == "lfu" ? 7 : 0);

    // Why that point is left out. A cache that pins the most popular with all but one of its slots misses at most every other use. With the popularity of
    // figure 5 that is less than was measured: at some time the real nodes pinned others than the most popular of all time.
    [Test]
    public void With_seven_slots_more_was_measured_than_a_lasting_popularity_allows()
    {
        const double measured = 0.359;
        const double shareOfSix = 0.80565;
        const double usesPerRequest = 1.742;
        var mostWithPinnedSix = (1 - shareOfSix) * usesPerRequest;
        var ours = LoadsPerRequest("service-b", "lfu", static set => set.ControlNets, NodesOfB).Loads[6];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(mostWithPinnedSix, Is.LessThan(measured));
            Assert.That(ours, Is.LessThan(mostWithPinnedSix));
        }
    }

    private static void Check(string service, string policy, Func<AdapterSet, IReadOnlyList<int>> adapters, double[] measured, int except = 0)
    {
        var (nodes, published) = service == "service-a" ? (NodesOfA, 165) : (NodesOfB, 302);
        var (loads, uses, spread) = LoadsPerRequest(service, policy, adapters, nodes);
        TestContext.Out.WriteLine($"{service} {policy}: {string.Join(' ', loads.Select((ours, i) => $"{ours:0.000} ({100 * ((ours / measured[i]) - 1):+0.0;-0.0}, sd {100 * spread[i] / Math.Sqrt(published) / ours:0.0})"))}");
        using (Assert.EnterMultipleScope())
        {
            for (var i = 0; i < MaxSlots; i++)
            {
                if (i + 1 == except)
                {
                    continue;
                }

                // The published number is that of one fleet of so many nodes, ours that of another: both are samples.
                var error = 2 * spread[i] * Math.Sqrt((1.0 / published) + (1.0 / (Copies * nodes.Length)));
                Assert.That(loads[i], Is.EqualTo(measured[i]).Within(Math.Max(0.1 * measured[i], 0.01 * uses) + error), $"{i + 1} slots");
            }
        }
    }

    // Loads per request, uses per request, and the standard deviation of a single node's part in the first: a ratio of two sums over nodes.
    private static (double[] Loads, double Uses, double[] Spread) LoadsPerRequest(string service, string policy, Func<AdapterSet, IReadOnlyList<int>> adapters, int[] nodes)
    {
        var source = new AdapterSource(AdapterPopulations.Parse(service), 1, nodes.Length * Copies);
        var misses = new double[nodes.Length * Copies][];
        var uses = 0.0;
        for (var node = 0; node < misses.Length; node++)
        {
            BoundedCache<int>[] caches = [.. Enumerable.Range(1, MaxSlots).Select(slots => new BoundedCache<int>(slots, EvictionPolicies.Create(policy)))];
            for (var request = 0; request < nodes[node / Copies]; request++)
            {
                Use(caches, adapters(source.NextAt(node)));
            }

            uses += caches[0].Hits + caches[0].Misses;
            misses[node] = [.. caches.Select(static cache => (double)cache.Misses)];
        }

        var requests = Copies * (double)nodes.Sum();
        double[] loads = [.. Enumerable.Range(0, MaxSlots).Select(slot => misses.Sum(node => node[slot]) / requests)];
        var perNode = requests / misses.Length;
        double[] spread = [.. loads.Select((load, slot) => Math.Sqrt(misses.Select((node, i) => Math.Pow(node[slot] - (load * nodes[i / Copies]), 2)).Average()) / perNode)];
        return (loads, uses / requests, spread);
    }

    private static void Use(BoundedCache<int>[] caches, IReadOnlyList<int> adapters)
    {
        for (var i = 0; i < adapters.Count; i++)
        {
            foreach (var cache in caches)
            {
                if (!cache.TryUse(adapters[i]))
                {
                    cache.Insert(adapters[i], new CachedObject(1));
                }
            }
        }
    }
}
