using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;

namespace SimServe.Policies.Admission;

/// <summary>Sheds a request that not even the best worker is predicted to finish by its deadline. Requests without a deadline are served.</summary>
/// <param name="planners">One planner per worker, by the worker's number: the same evaluator that plans its steps.</param>
/// <param name="maxBatchSize">Most requests in a worker's batch, at least 1.</param>
/// <remarks>
/// The prediction is that of mask-aware routing (<see cref="FinishForecast"/>), whichever router the run has. It leaves out preparing and decoding and all loads, so it errs
/// on the side of serving: it sheds only what would be late even without them. With no worker there, as while a fleet starts, nothing can be predicted and nothing is shed.
/// </remarks>
public sealed class DeadlineAdmission(IReadOnlyList<StepPlanner> planners, int maxBatchSize) : IAdmissionPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "deadline";

    private readonly FinishForecast _forecast = new(planners, maxBatchSize);

    /// <inheritdoc/>
    public AdmissionDecision Decide(in Request request, FleetView fleet, Instant now) =>
        request.Deadline is not { } deadline || fleet.Count == 0 || _forecast.CanFinishBy(request, fleet, now, deadline)
            ? AdmissionDecision.Admit
            : AdmissionDecision.Shed;
}
