namespace SimServe.Policies.Routing;

/// <summary>Decides which worker serves an arriving request.</summary>
public interface IRoutingPolicy
{
    /// <summary>Decides.</summary>
    /// <param name="request">The request.</param>
    /// <param name="workers">Healthy workers in order of their numbers; not empty.</param>
    /// <param name="now">The present.</param>
    /// <returns>An index into <paramref name="workers"/>.</returns>
    int Choose(Request request, ReadOnlySpan<IWorkerView> workers, Instant now);
}
