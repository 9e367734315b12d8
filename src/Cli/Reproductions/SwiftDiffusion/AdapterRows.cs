using System.Globalization;
using SimServe.Policies;
using SimServe.Policies.Caches;
using SimServe.Simulator.Reproductions;
using SimServe.Simulator.Workloads.Adapters;

namespace SimServe.Cli.Reproductions.SwiftDiffusion;

/// <summary>Table 1 and Fig. 5 to 7: how many adapters requests of the two services have, which, and what caches of a node would load.</summary>
internal static class AdapterRows
{
    private const int Nodes = 400;
    private const int RequestsOfNode = 1200;
    private const int Slots = 10;
    private static readonly int[] Tops = [10, 100, 1000];

    public static void Add(MeasurementBook book, ConstantBook constants)
    {
        foreach (var service in new[] { "a", "b" })
        {
            var source = new AdapterSource(AdapterPopulations.Parse($"service-{service}"), 1, Nodes);
            var nodes = Enumerable.Range(0, Nodes).Select(node => Enumerable.Range(0, RequestsOfNode).Select(_ => source.NextAt(node)).ToArray()).ToArray();
            var requests = nodes.SelectMany(static node => node).ToArray();
            book.Add($"table1.controlnets.{service}", requests.Average(static set => set.ControlNets.Count));
            book.Add($"table1.loras.{service}", requests.Average(static set => set.Loras.Count));
            AddPopularity(book, service, requests);
            foreach (var policy in new[] { LeastRecentlyUsedEviction.PolicyName, LeastFrequentlyUsedEviction.PolicyName })
            {
                AddLoads(book, $"fig6.controlnets.{service}.{policy}", nodes, policy, static set => set.ControlNets, (int)constants["fig6.controlNetSlots"]);
                AddLoads(book, $"fig6.loras.{service}.{policy}", nodes, policy, static set => set.Loras, Slots);
            }

            book.Add($"fig7.{service}", nodes.Average(static node => Slope(node)), finding: "Distinct LoRAs by requests of a node: the slope between the first half of its requests and all of them.");
        }
    }

    private static void AddPopularity(MeasurementBook book, string service, AdapterSet[] requests)
    {
        var uses = requests.SelectMany(static set => set.Loras).GroupBy(static lora => lora).Select(static group => group.Count()).OrderDescending().ToArray();
        foreach (var top in Tops)
        {
            book.Add($"fig5.loras.{service}.{top}", 100.0 * uses.Take(top).Sum() / uses.Sum());
        }

        var nets = requests.SelectMany(static set => set.ControlNets).GroupBy(static net => net).Select(static group => group.Count()).OrderDescending().ToArray();
        book.Add($"fig5.controlnets.{service}.5", 100.0 * nets.Take(5).Sum() / nets.Sum());
    }

    private static void AddLoads(MeasurementBook book, string row, AdapterSet[][] nodes, string policy, Func<AdapterSet, IReadOnlyList<int>> adapters, int slots)
    {
        double[] loads = [.. Enumerable.Range(1, Slots).Select(count => LoadsOf(nodes, policy, adapters, count))];
        book.Add(row, loads[slots - 1], finding: $"Loads of a request by slots, 1 to {Slots}: {string.Join(", ", loads.Select(static load => load.ToString("0.000", CultureInfo.InvariantCulture)))}.");
    }

    private static double LoadsOf(AdapterSet[][] nodes, string policy, Func<AdapterSet, IReadOnlyList<int>> adapters, int slots)
    {
        var misses = 0L;
        foreach (var node in nodes)
        {
            var cache = new BoundedCache<int>(slots, EvictionPolicies.Create(policy));
            foreach (var adapter in node.SelectMany(adapters))
            {
                if (!cache.TryUse(adapter))
                {
                    cache.Insert(adapter, new CachedObject(1));
                }
            }

            misses += cache.Misses;
        }

        return (double)misses / (nodes.Length * (long)RequestsOfNode);
    }

    private static double Slope(AdapterSet[] node)
    {
        var half = node.Length / 2;
        return (Distinct(node, node.Length) - Distinct(node, half)) / (double)(node.Length - half);
    }

    private static int Distinct(AdapterSet[] node, int requests) => node.Take(requests).SelectMany(static set => set.Loras).Distinct().Count();
}
