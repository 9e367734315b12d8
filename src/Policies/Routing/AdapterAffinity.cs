namespace SimServe.Policies.Routing;

/// <summary>The worker that would have to load the fewest adapters for the request, among those that are not loaded much more than the least loaded one.</summary>
/// <param name="bound">How much more a worker may be loaded.</param>
/// <remarks>Saves loads of ControlNets and LoRAs for a queue of bounded length. Of equals the one with the fewest requests, then the first.</remarks>
public sealed class AdapterAffinity(LoadBound bound) : IRoutingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "adapter-affinity";

    /// <inheritdoc/>
    public int Choose(in Request request, FleetView fleet, Instant now)
    {
        var best = fleet.FewestRequests();
        if (request.Adapters.IsEmpty)
        {
            return best;
        }

        var (requests, missing) = (fleet.Requests(best), fleet[best].MissingAdapters(request.Adapters));
        var most = bound.Most(requests);
        for (var i = 0; i < fleet.Count; i++)
        {
            var load = fleet.Requests(i);
            if (load > most)
            {
                continue;
            }

            var lacks = fleet[i].MissingAdapters(request.Adapters);
            if (lacks < missing || (lacks == missing && load < requests))
            {
                (best, requests, missing) = (i, load, lacks);
            }
        }

        return best;
    }
}
