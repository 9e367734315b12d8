using SimServe.Policies.Pipelines;

namespace SimServe.Policies.Routing;

/// <summary>The worker on which the request is predicted to finish first, with what its template costs there; the first of equals.</summary>
/// <param name="planners">One planner per worker, by the worker's number: the same evaluator that plans its steps.</param>
/// <param name="maxBatchSize">Most requests in a worker's batch, at least 1.</param>
/// <remarks>
/// <para>
/// What <see cref="MaskAware"/> predicts, and besides: the time to fetch a template that is not in the worker's host memory, over links that share their bandwidth with what they carry already, as far as it is longer than the
/// wait for a place; the time to record one that lies nowhere; and steps without loads for requests, the arrival among them, whose templates lie in the device's memory. Where every template is in host memory and
/// devices keep none, it decides as <see cref="MaskAware"/> does.
/// </para>
/// <para>FlashPS (EuroSys '26) routes by step times alone; that it fetches templates from secondary storage while requests queue (section 4.2) is not known to its router.</para>
/// </remarks>
public sealed class CacheAware(IReadOnlyList<StepPlanner> planners, int maxBatchSize) : IRoutingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "cache-aware";

    private readonly FinishForecast _forecast = new(planners, maxBatchSize, seesCaches: true);

    /// <inheritdoc/>
    public int Choose(in Request request, FleetView fleet, Instant now) => _forecast.Earliest(request, fleet, now);
}
