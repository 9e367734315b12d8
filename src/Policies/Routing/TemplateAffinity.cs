namespace SimServe.Policies.Routing;

/// <summary>Of the workers that hold the request's template the one with the fewest requests, while that is not loaded much more than the least loaded of all.</summary>
/// <param name="bound">How much more it may be loaded; beyond, the least loaded worker serves the request and loads the template.</param>
/// <remarks>Saves loads of activation caches, which take as long as several steps, for a queue of bounded length. The first of equals.</remarks>
public sealed class TemplateAffinity(LoadBound bound) : IRoutingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "template-affinity";

    /// <inheritdoc/>
    public int Choose(in Request request, FleetView fleet, Instant now)
    {
        var least = fleet.FewestRequests();
        var (best, most) = (-1, bound.Most(fleet.Requests(least)));
        for (var i = 0; i < fleet.Count; i++)
        {
            // Asking for the template is the dearer question, so it comes last.
            var requests = fleet.Requests(i);
            if ((best < 0 ? requests <= most : requests < most) && fleet[i].Holds(request.Template))
            {
                (best, most) = (i, requests);
            }
        }

        return best < 0 ? least : best;
    }
}
