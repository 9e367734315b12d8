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
/// A pure function of the views and the present; it remembers by a view's <see cref="IWorkerView.Version"/> what does not depend on the arrival, up to the boundary at which the
/// worker's future moves on. It passes over workers that cannot win even if the arrival cost its batch nothing, which is exact as long as no step is shorter for having one more member; to do so it reads
/// a few numbers per worker that lie side by side. It allocates when it first meets a worker or a step time, not per decision.
/// </para>
/// </remarks>
public sealed class FinishForecast
{
    private readonly StepPlanner[] _planners;
    private readonly int[] _kinds;
    private readonly long[] _alone;
    private readonly int _maxBatchSize;
    private readonly WorkerForecast?[] _workers;
    private FleetView? _fleet;
    private int _generation;
    private Outlook[] _outlooks = [];
    private long[] _bounds = [];

    /// <summary>Creates a forecast that remembers nothing yet.</summary>
    /// <param name="planners">One planner per worker, by the worker's number: the same evaluator that plans its steps.</param>
    /// <param name="maxBatchSize">Most requests in a worker's batch, at least 1.</param>
    public FinishForecast(IReadOnlyList<StepPlanner> planners, int maxBatchSize)
    {
        ArgumentNullException.ThrowIfNull(planners);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatchSize, 1);
        _planners = [.. planners.Distinct()];
        _alone = new long[_planners.Length];
        var kinds = _planners.Index().ToDictionary(static kind => kind.Item, static kind => kind.Index);
        _kinds = [.. planners.Select(planner => kinds[planner])];
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
        var forecast = Of(worker.Id.Value);
        forecast.Observe(worker, now.Ticks);
        var tokens = request.Mask.MaskedTokens;
        return new Instant(forecast.Finish(request.Steps, tokens, _planners[_kinds[worker.Id.Value]].Ticks(1, tokens), long.MaxValue));
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
        var best = Bound(steps, tokens, fleet, now.Ticks);
        var finish = Finish(fleet, best, steps, tokens, now.Ticks, long.MaxValue);
        var bounds = _bounds.AsSpan(0, fleet.Count);
        for (var i = 0; i < bounds.Length; i++)
        {
            if (bounds[i] > finish || i == best || (bounds[i] == finish && i > best) || CloserBound(_outlooks[i], steps, tokens, now.Ticks) > finish)
            {
                continue;
            }

            var other = Finish(fleet, i, steps, tokens, now.Ticks, finish);
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

        var (steps, tokens) = (request.Steps, request.Mask.MaskedTokens);
        Bound(steps, tokens, fleet, now.Ticks);
        for (var i = 0; i < fleet.Count; i++)
        {
            if (_bounds[i] <= due.Ticks && Finish(fleet, i, steps, tokens, now.Ticks, due.Ticks) != long.MaxValue)
            {
                return true;
            }
        }

        return false;
    }

    // Works out before which time no worker can be done, and returns the index of the least bound: most promising, so that it rules out most others.
    private int Bound(int steps, int maskedTokens, FleetView fleet, long now)
    {
        for (var kind = 0; kind < _alone.Length; kind++)
        {
            _alone[kind] = _planners[kind].Ticks(1, maskedTokens);
        }

        Remember(fleet);
        var versions = fleet.Versions();
        var outlooks = _outlooks.AsSpan(0, versions.Length);
        var bounds = _bounds.AsSpan(0, versions.Length);
        var (best, least) = (0, long.MaxValue);
        for (var i = 0; i < outlooks.Length; i++)
        {
            ref var outlook = ref outlooks[i];
            if (outlook.Version != versions[i] || now > outlook.ValidUntil)
            {
                Look(ref outlook, fleet[i], versions[i], now);
            }

            var bound = outlook.EarliestFinish(steps, _alone[outlook.Kind], now);
            bounds[i] = bound;
            if (bound < least)
            {
                (best, least) = (i, bound);
            }
        }

        return best;
    }

    // It asks what the arrival costs the batch that is there, where there is one.
    private long CloserBound(in Outlook outlook, int steps, int maskedTokens, long now) => outlook.StepsToLeave == 0
        ? long.MinValue
        : outlook.EarliestFinishTogether(
            steps, _alone[outlook.Kind], now, _planners[outlook.Kind].Ticks(outlook.Members + 1, outlook.MaskedTokens + maskedTokens));

    // What is remembered by index belongs to one fleet.
    private void Remember(FleetView fleet)
    {
        if (ReferenceEquals(fleet, _fleet) && fleet.Generation == _generation)
        {
            return;
        }

        (_fleet, _generation) = (fleet, fleet.Generation);
        if (_outlooks.Length < fleet.Count)
        {
            (_outlooks, _bounds) = (new Outlook[fleet.Count], new long[fleet.Count]);
        }

        Array.Fill(_outlooks, new Outlook { ValidUntil = long.MinValue });
    }

    private void Look(ref Outlook outlook, IWorkerView view, long version, long now)
    {
        var forecast = Of(view.Id.Value);
        forecast.Observe(view, now);
        outlook = forecast.Look();
        (outlook.Version, outlook.Kind) = (version, _kinds[view.Id.Value]);
        if (version <= 0)
        {
            // Such a view may change at any time.
            outlook.ValidUntil = long.MinValue;
        }
    }

    private long Finish(FleetView fleet, int index, int steps, int maskedTokens, long now, long limit)
    {
        var forecast = _workers[fleet[index].Id.Value]!;
        forecast.Observe(fleet[index], now);
        return forecast.Finish(steps, maskedTokens, _alone[_outlooks[index].Kind], limit);
    }

    private WorkerForecast Of(int worker) => _workers[worker] ??= new WorkerForecast(_planners[_kinds[worker]], _maxBatchSize);
}
