namespace SimServe.Policies.Routing;

/// <summary>Decides which worker serves an arriving request.</summary>
public interface IRoutingPolicy
{
    /// <summary>Decides.</summary>
    /// <param name="request">The request.</param>
    /// <param name="fleet">Workers that take requests, in order of their numbers; not empty.</param>
    /// <param name="now">The present.</param>
    /// <returns>An index into <paramref name="fleet"/>.</returns>
    int Choose(in Request request, FleetView fleet, Instant now);
}
