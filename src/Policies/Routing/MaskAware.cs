using SimServe.Policies.Pipelines;

namespace SimServe.Policies.Routing;

/// <summary>The worker on which the request is predicted to finish first; the first of equals.</summary>
/// <param name="planners">One planner per worker, by the worker's number: the same evaluator that plans its steps.</param>
/// <param name="maxBatchSize">Most requests in a worker's batch, at least 1.</param>
/// <remarks>
/// FlashPS (EuroSys '26, Algorithm 2) sends a request to the worker whose next step would be shortest. This one plays the worker's future
/// forward instead: its batch with the steps that remain, its queue in order, members leaving and joining at step boundaries, every step
/// priced by the planner. It assumes continuous batching and leaves out the rest of the step under way.
/// </remarks>
public sealed class MaskAware(IReadOnlyList<StepPlanner> planners, int maxBatchSize) : IRoutingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "mask-aware";

    private readonly List<OutstandingRequest> _batch = [];

    /// <inheritdoc/>
    public int Choose(in Request request, FleetView fleet, Instant now)
    {
        var (best, earliest) = (0, TimeSpan.MaxValue);
        for (var i = 0; i < fleet.Count; i++)
        {
            var finish = PredictFinish(request, fleet[i]);
            if (finish < earliest)
            {
                (best, earliest) = (i, finish);
            }
        }

        return best;
    }

    /// <summary>Predicted time until the request has been denoised on a worker, from now.</summary>
    /// <param name="request">The request.</param>
    /// <param name="worker">The worker.</param>
    public TimeSpan PredictFinish(in Request request, IWorkerView worker)
    {
        var arrival = new OutstandingRequest(request.Template, request.Mask.MaskedTokens, request.Steps);
        var (ahead, joined, time) = (worker.Running + worker.Waiting, 0, TimeSpan.Zero);
        _batch.Clear();
        while (true)
        {
            while (joined <= ahead && (joined < worker.Running || _batch.Count < maxBatchSize))
            {
                _batch.Add(joined < ahead ? worker.Outstanding(joined) : arrival);
                joined++;
            }

            var steps = LeastRemaining();
            time += steps * planners[worker.Id.Value].StepTime(_batch.Count, MaskedTokens());
            // The arrival joins last; members keep their order, so it is the last of the batch.
            if (joined > ahead && _batch[^1].RemainingSteps == steps)
            {
                return time;
            }

            Advance(steps);
        }
    }

    private void Advance(int steps)
    {
        var kept = 0;
        for (var i = 0; i < _batch.Count; i++)
        {
            var member = _batch[i];
            if (member.RemainingSteps > steps)
            {
                _batch[kept++] = member with { RemainingSteps = member.RemainingSteps - steps };
            }
        }

        _batch.RemoveRange(kept, _batch.Count - kept);
    }

    private int LeastRemaining()
    {
        var least = int.MaxValue;
        foreach (var member in _batch)
        {
            least = Math.Min(least, member.RemainingSteps);
        }

        return least;
    }

    private int MaskedTokens()
    {
        var sum = 0;
        foreach (var member in _batch)
        {
            sum += member.MaskedTokens;
        }

        return sum;
    }
}
