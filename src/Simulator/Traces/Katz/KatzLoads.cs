namespace SimServe.Simulator.Traces.Katz;

/// <summary>Adapters loaded per request, by the number of slots of a node's cache (figure 6).</summary>
/// <param name="Slots">Numbers of slots.</param>
/// <param name="ControlNets">ControlNets loaded per request, one number per number of slots.</param>
/// <param name="Loras">LoRAs loaded per request, likewise.</param>
public sealed record KatzLoads(IReadOnlyList<double> Slots, IReadOnlyList<double> ControlNets, IReadOnlyList<double> Loras)
{
    /// <summary>Nothing read.</summary>
    public static KatzLoads None { get; } = new([], [], []);
}
