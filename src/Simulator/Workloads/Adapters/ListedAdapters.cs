using SimServe.Policies;

namespace SimServe.Simulator.Workloads.Adapters;

/// <summary>Adapters that are listed one by one, each used by a share of the requests, whatever else these use.</summary>
/// <param name="ControlNets">Share of requests that use each ControlNet, from 0 to 1.</param>
/// <param name="Loras">Share of requests that use each LoRA, from 0 to 1.</param>
public sealed record ListedAdapters(IReadOnlyList<double> ControlNets, IReadOnlyList<double> Loras);

// Draws them. Sets that were drawn before are the same objects.
internal sealed class ListedAdapterSource(ListedAdapters listed, long runSeed)
{
    private readonly RandomStream _stream = new(runSeed, "listed-adapters");
    private readonly Dictionary<AdapterSet, AdapterSet> _known = new() { [AdapterSet.None] = AdapterSet.None };

    public AdapterSet Next()
    {
        var drawn = new AdapterSet(Drawn(listed.ControlNets), Drawn(listed.Loras));
        if (!_known.TryGetValue(drawn, out var known))
        {
            _known.Add(drawn, known = drawn);
        }

        return known;
    }

    private int[] Drawn(IReadOnlyList<double> shares) => [.. Enumerable.Range(0, shares.Count).Where(number => _stream.NextDouble() < shares[number])];
}
