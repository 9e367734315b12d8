using SimServe.Policies.Pipelines;

namespace SimServe.Policies.Routing;

/// <summary>The worker on which the request is predicted to finish first; the first of equals.</summary>
/// <param name="planners">One planner per worker, by the worker's number: the same evaluator that plans its steps.</param>
/// <param name="maxBatchSize">Most requests in a worker's batch, at least 1.</param>
/// <remarks>
/// FlashPS (EuroSys '26, Algorithm 2) sends a request to the worker whose next step would be shortest. This one plays the worker's future
/// forward instead (<see cref="FinishForecast"/>): its batch with the steps that remain, its queue in order, members leaving and joining at step boundaries, every step
/// priced by the planner.
/// </remarks>
public sealed class MaskAware(IReadOnlyList<StepPlanner> planners, int maxBatchSize) : IRoutingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "mask-aware";

    private readonly FinishForecast _forecast = new(planners, maxBatchSize);

    /// <inheritdoc/>
    public int Choose(in Request request, FleetView fleet, Instant now) => _forecast.Earliest(request, fleet, now);
}
