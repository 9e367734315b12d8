namespace SimServe.Policies.Routing;

/// <summary>The worker with the fewest unfinished requests; the first of equals.</summary>
/// <remarks>The baseline "ReqNum" of FlashPS (EuroSys '26, section 5). Blind to masks: a large edit counts like a small one.</remarks>
public sealed class LeastRequests : IRoutingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "least-requests";

    /// <inheritdoc/>
    public int Choose(in Request request, FleetView fleet, Instant now) => fleet.FewestRequests();
}
