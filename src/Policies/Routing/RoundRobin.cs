namespace SimServe.Policies.Routing;

/// <summary>Workers take turns. Sees nothing of requests or queues.</summary>
public sealed class RoundRobin : IRoutingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "round-robin";

    private long _turn;

    /// <inheritdoc/>
    public int Choose(in Request request, FleetView fleet, Instant now) => (int)(_turn++ % fleet.Count);
}
