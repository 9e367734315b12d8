namespace SimServe.Policies.Routing;

/// <summary>Any worker, all equally likely. Sees nothing of requests or queues.</summary>
/// <param name="stream">Where its choices come from: one number for every decision, however large the fleet.</param>
/// <remarks>The yardstick of load balancing: n requests on n workers put about log n / log log n on the fullest (balls into bins).</remarks>
public sealed class RandomRouting(RandomStream stream) : IRoutingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "random";

    /// <inheritdoc/>
    public int Choose(in Request request, FleetView fleet, Instant now) => (int)(stream.NextDouble() * fleet.Count);
}
