namespace SimServe.Simulator.Traces.Katz;

/// <summary>What the figures say about one of the two services.</summary>
public sealed record KatzService
{
    /// <summary>Popularity of ControlNets (figure 5), in ascending order.</summary>
    public IReadOnlyList<KatzShare> ControlNetShares { get; init; } = [];

    /// <summary>Popularity of LoRAs (figure 5), in ascending order.</summary>
    public IReadOnlyList<KatzShare> LoraShares { get; init; } = [];

    /// <summary>Loads with a cache that evicts the least recently used (figure 6).</summary>
    public KatzLoads LeastRecentlyUsed { get; init; } = KatzLoads.None;

    /// <summary>Loads with a cache that evicts the least frequently used.</summary>
    public KatzLoads LeastFrequentlyUsed { get; init; } = KatzLoads.None;

    /// <summary>Every node (figure 7).</summary>
    public IReadOnlyList<KatzNode> Nodes { get; init; } = [];
}
