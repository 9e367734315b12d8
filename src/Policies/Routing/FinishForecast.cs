using SimServe.Policies.Pipelines;

namespace SimServe.Policies.Routing;

/// <summary>Predicts when an arriving request would have been denoised on each worker of a fleet.</summary>
/// <remarks>
/// <para>
/// A worker's future is played forward from what its view shows: the steps under way end at their boundaries; whoever waits joins in order as soon as the batch has room,
/// the arrival last; members leave at the boundary that ends their last step; every step is priced by the worker's planner. An arrival joins at the next boundary at or after
/// now, or, where the batch is full, when members have left. A worker that is already late is expected to reach its next boundary now.
/// </para>
/// <para>
/// Assumes continuous batching, first come first served. Leaves out preparing and decoding, loads of templates and adapters, and later arrivals.
/// </para>
/// <para>
/// A pure function of the views and the present; it remembers by a view's <see cref="IWorkerView.Version"/> what does not depend on the arrival. It passes over workers that cannot win even if the
/// arrival cost its batch nothing, which is exact as long as no step is shorter for having one more member. It allocates when it first meets a worker or a step time, not per decision.
/// </para>
/// </remarks>
public sealed class FinishForecast
{
    private readonly StepTimes[] _timesOf;
    private readonly StepTimes[] _times;
    private readonly int _maxBatchSize;
    private readonly WorkerForecast?[] _workers;
    private long[] _bounds = [];

    /// <summary>Creates a forecast that remembers nothing yet.</summary>
    /// <param name="planners">One planner per worker, by the worker's number: the same evaluator that plans its steps.</param>
    /// <param name="maxBatchSize">Most requests in a worker's batch, at least 1.</param>
    public FinishForecast(IReadOnlyList<StepPlanner> planners, int maxBatchSize)
    {
        ArgumentNullException.ThrowIfNull(planners);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatchSize, 1);
        var byPlanner = planners.Distinct().ToDictionary(static planner => planner, static planner => new StepTimes(planner));
        _times = [.. byPlanner.Values];
        _timesOf = [.. planners.Select(planner => byPlanner[planner])];
        _workers = new WorkerForecast?[planners.Count];
        _maxBatchSize = maxBatchSize;
    }

    /// <summary>When the request would have been denoised on a worker.</summary>
    /// <param name="request">The request.</param>
    /// <param name="worker">The worker.</param>
    /// <param name="now">The present.</param>
    public Instant Finish(in Request request, IWorkerView worker, Instant now)
    {
        ArgumentNullException.ThrowIfNull(worker);
        var times = _timesOf[worker.Id.Value];
        times.Meet(request.Mask.MaskedTokens);
        var forecast = Of(worker.Id.Value);
        forecast.Observe(worker, now.Ticks);
        return new Instant(forecast.Finish(request.Steps, request.Mask.MaskedTokens, long.MaxValue));
    }

    /// <summary>Index of the worker on which the request would be done first; the first of equals.</summary>
    /// <param name="request">The request.</param>
    /// <param name="fleet">The workers; not empty.</param>
    /// <param name="now">The present.</param>
    /// <remarks>O(n) with a few nanoseconds for most workers; only those that may win are played with the arrival, at most one phase for each member of the batch.</remarks>
    public int Earliest(in Request request, FleetView fleet, Instant now)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        var (steps, tokens) = (request.Steps, request.Mask.MaskedTokens);
        var workers = fleet.Workers;
        var best = Bound(request, workers, now);
        var finish = _workers[workers[best].Id.Value]!.Finish(steps, tokens, long.MaxValue);
        for (var i = 0; i < workers.Length; i++)
        {
            if (i == best || _bounds[i] > finish || (_bounds[i] == finish && i > best))
            {
                continue;
            }

            var other = _workers[workers[i].Id.Value]!.Finish(steps, tokens, finish);
            if (other < finish || (other == finish && i < best))
            {
                (best, finish) = (i, other);
            }
        }

        return best;
    }

    /// <summary>Whether any worker would be done with the request by a time.</summary>
    /// <param name="request">The request.</param>
    /// <param name="fleet">The workers; not empty.</param>
    /// <param name="now">The present.</param>
    /// <param name="due">The time.</param>
    /// <remarks>Stops at the first worker that would: usually the one with the fewest requests, which is asked first.</remarks>
    public bool CanFinishBy(in Request request, FleetView fleet, Instant now, Instant due)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        if (Finish(request, fleet[fleet.FewestRequests()], now) <= due)
        {
            return true;
        }

        Bound(request, fleet.Workers, now);
        for (var i = 0; i < fleet.Count; i++)
        {
            if (_bounds[i] <= due.Ticks
                && _workers[fleet[i].Id.Value]!.Finish(request.Steps, request.Mask.MaskedTokens, due.Ticks) != long.MaxValue)
            {
                return true;
            }
        }

        return false;
    }

    // Works out before which time no worker can be done, and returns the index of the least bound: most promising, so that it rules out most others.
    private int Bound(in Request request, ReadOnlySpan<IWorkerView> workers, Instant now)
    {
        foreach (var times in _times)
        {
            times.Meet(request.Mask.MaskedTokens);
        }

        if (_bounds.Length < workers.Length)
        {
            _bounds = new long[workers.Length];
        }

        var (best, least) = (0, long.MaxValue);
        for (var i = 0; i < workers.Length; i++)
        {
            var forecast = Of(workers[i].Id.Value);
            forecast.Observe(workers[i], now.Ticks);
            var bound = forecast.EarliestFinish(request.Steps);
            _bounds[i] = bound;
            if (bound < least)
            {
                (best, least) = (i, bound);
            }
        }

        return best;
    }

    private WorkerForecast Of(int worker) => _workers[worker] ??= new WorkerForecast(_timesOf[worker], _maxBatchSize);
}
