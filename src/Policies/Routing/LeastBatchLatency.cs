using SimServe.Policies.Pipelines;

namespace SimServe.Policies.Routing;

/// <summary>The worker whose batch would take the shortest step with the arrival in it; the first of equals.</summary>
/// <remarks>
/// <para>
/// Algorithm 2 of FlashPS (EuroSys '26) as it is printed: workers whose batch has room are priced by the pipeline's latency with the arrival added, and the cheapest takes it. The price
/// knows masks, but neither how many steps are left nor who waits. <see cref="MaskAware"/> knows both.
/// </para>
/// <para>
/// The paper's arrivals wait in one queue when no batch has room; here every arrival is sent at once, and then joins the worker with the fewest unfinished requests. Batches do not
/// mix sizes of images: a worker whose batch has another size has no room.
/// </para>
/// </remarks>
public sealed class LeastBatchLatency : IRoutingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "least-batch-latency";

    private readonly StepPlanner[] _planners;
    private readonly int _maxBatchSize;

    /// <summary>Creates the policy.</summary>
    /// <param name="planners">One planner per worker, by the worker's number.</param>
    /// <param name="maxBatchSize">Most requests in a worker's batch, at least 1.</param>
    public LeastBatchLatency(IReadOnlyList<StepPlanner> planners, int maxBatchSize)
    {
        ArgumentNullException.ThrowIfNull(planners);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatchSize, 1);
        (_planners, _maxBatchSize) = ([.. planners], maxBatchSize);
    }

    /// <inheritdoc/>
    public int Choose(in Request request, FleetView fleet, Instant now)
    {
        var workers = fleet.Workers;
        var (best, least) = (-1, long.MaxValue);
        for (var i = 0; i < workers.Length; i++)
        {
            if (StepWith(request, workers[i]) is { } ticks && ticks < least)
            {
                (best, least) = (i, ticks);
            }
        }

        return best < 0 ? fleet.FewestRequests() : best;
    }

    // Ticks of a step of the worker's batch and the arrival; null where there is no room. Who waits will be in the batch first, and takes room.
    private long? StepWith(in Request request, IWorkerView worker)
    {
        var (members, tokens) = (worker.Running + worker.Waiting, request.Mask.MaskedTokens);
        if (members >= _maxBatchSize)
        {
            return null;
        }

        var times = _planners[worker.Id.Value].For(request.Mask.Grid);
        for (var i = 0; i < members; i++)
        {
            var member = worker.Outstanding(i);
            if (!ReferenceEquals(_planners[worker.Id.Value].For(member.Grid), times))
            {
                return null;
            }

            tokens += member.MaskedTokens;
        }

        return times.Ticks(members + 1, tokens);
    }
}
