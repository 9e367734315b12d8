namespace SimServe.Policies.Routing;

/// <summary>The worker with the most unfinished requests; the first of equals. Bad on purpose.</summary>
/// <remarks>It serves a whole fleet's load with one worker. What a router is worth is the distance to this one; a test that cannot tell the two apart tests nothing.</remarks>
public sealed class AlwaysBusiest : IRoutingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "always-busiest";

    /// <inheritdoc/>
    public int Choose(in Request request, FleetView fleet, Instant now)
    {
        var best = 0;
        for (var i = 1; i < fleet.Count; i++)
        {
            if (fleet.Requests(i) > fleet.Requests(best))
            {
                best = i;
            }
        }

        return best;
    }
}
