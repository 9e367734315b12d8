using SimServe.Policies.Costs;
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
/// Assumes continuous batching, first come first served. Leaves out preparing and decoding, loads of adapters, and later arrivals. Where it sees caches, the arrival waits for its template too
/// (<see cref="TemplateDelay"/>): the batch that it has joined stands still until it is there; and requests whose templates lie in the device's memory load nothing. Otherwise templates cost nothing but their steps' loads.
/// </para>
/// <para>
/// A pure function of the views and the present; it remembers by a view's <see cref="IWorkerView.Version"/> what does not depend on the arrival, up to the boundary at which the
/// worker's future moves on. It passes over workers that cannot win whatever happens (<see cref="ArrivalBounds"/>), which is exact as long as no step is shorter for having one more member
/// and no block computes more rows in less time. It allocates when it first meets a fleet, a worker or a step time, not per decision.
/// </para>
/// </remarks>
public sealed class FinishForecast
{
    private readonly StepPlanner[] _planners;
    private readonly int[] _kinds;
    private readonly long[] _alone;
    private readonly int _maxBatchSize;
    private readonly bool _seesCaches;
    private readonly WorkerForecast?[] _workers;
    private readonly ArrivalBounds _bounds;
    private FleetView? _fleet;
    private int _generation;
    private Outlook[] _outlooks = [];

    // Whether an image of another size than the model's own has been asked about. Bounds hold for one size only, so that then every worker is played.
    private bool _mixesSizes;

    // Whether some device has memory for templates: then steps may load nothing, and bounds must not count on loads.
    private bool _keepsTemplates;

    // What is asked about.
    private int _steps;
    private int _tokens;
    private long _now;

    /// <summary>Creates a forecast that remembers nothing yet.</summary>
    /// <param name="planners">One planner per worker, by the worker's number: the same evaluator that plans its steps.</param>
    /// <param name="maxBatchSize">Most requests in a worker's batch, at least 1.</param>
    /// <param name="seesCaches">Whether it takes into account where templates' activations are.</param>
    public FinishForecast(IReadOnlyList<StepPlanner> planners, int maxBatchSize, bool seesCaches = false)
    {
        ArgumentNullException.ThrowIfNull(planners);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatchSize, 1);
        _planners = [.. planners.Distinct()];
        _bounds = new ArrivalBounds([.. _planners.Select(static planner => new LeastStepTimes(planner))]);
        _alone = new long[_planners.Length];
        var kinds = _planners.Index().ToDictionary(static kind => kind.Item, static kind => kind.Index);
        _kinds = [.. planners.Select(planner => kinds[planner])];
        _workers = new WorkerForecast?[planners.Count];
        (_maxBatchSize, _seesCaches) = (maxBatchSize, seesCaches);
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
        return new Instant(FinishOfAnySize(request, worker, forecast, now.Ticks, long.MaxValue));
    }

    /// <summary>Index of the worker on which the request would be done first; the first of equals.</summary>
    /// <param name="request">The request.</param>
    /// <param name="fleet">The workers; not empty.</param>
    /// <param name="now">The present.</param>
    /// <remarks>O(n) with less than a nanosecond for most workers; only those that may win are played with the arrival, at most one phase for each member of the batch.</remarks>
    public int Earliest(in Request request, FleetView fleet, Instant now)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        if (MixesSizes(request))
        {
            return EarliestOfAll(request, fleet, now);
        }

        var (best, finish, unused) = (-1, long.MaxValue, Begin(request, fleet, now));
        for (var from = 0; from < fleet.Count && finish > unused; from = _bounds.Worked)
        {
            // The least bound is the most promising, so that it rules out most others.
            var least = _bounds.NextWithin(Bound(fleet, from, unused), from);
            TryWin(request, fleet, least, ref best, ref finish);
            for (var i = _bounds.NextWithin(LatestToWin(from, best, finish), from); i >= 0; i = _bounds.NextWithin(LatestToWin(i + 1, best, finish), i + 1))
            {
                if (i != least && CloserBound(_outlooks[i]) <= finish)
                {
                    TryWin(request, fleet, i, ref best, ref finish);
                }
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

        if (MixesSizes(request))
        {
            return Finish(request, fleet[EarliestOfAll(request, fleet, now)], now) <= due;
        }

        var unused = Begin(request, fleet, now);
        for (var from = 0; from < fleet.Count && unused <= due.Ticks; from = _bounds.Worked)
        {
            Bound(fleet, from, unused);
            for (var i = _bounds.NextWithin(due.Ticks, from); i >= 0; i = _bounds.NextWithin(due.Ticks, i + 1))
            {
                if (Finish(request, fleet, i, due.Ticks) <= due.Ticks)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool MixesSizes(in Request request) => _mixesSizes |= request.Mask.Grid != _planners[0].Model.Grid;

    private int EarliestOfAll(in Request request, FleetView fleet, Instant now)
    {
        var (best, finish) = (0, long.MaxValue);
        for (var i = 0; i < fleet.Count; i++)
        {
            var forecast = Of(fleet[i].Id.Value);
            forecast.Observe(fleet[i], now.Ticks);
            var time = FinishOfAnySize(request, fleet[i], forecast, now.Ticks, finish);
            (best, finish) = time < finish ? (i, time) : (best, finish);
        }

        return best;
    }

    // Of equals the first wins.
    private static long LatestToWin(int index, int best, long finish) => index < best ? finish : finish - 1;

    private void TryWin(in Request request, FleetView fleet, int index, ref int best, ref long finish)
    {
        var time = Finish(request, fleet, index, finish);
        if (time < finish || (time == finish && index < best))
        {
            (best, finish) = (index, time);
        }
    }

    // Notes what is asked about, and returns when the request would be done on a worker that nobody uses: none is done earlier.
    private long Begin(in Request request, FleetView fleet, Instant now)
    {
        Remember(fleet);
        (_steps, _tokens, _now) = (request.Steps, request.Mask.MaskedTokens, now.Ticks);
        var fastest = long.MaxValue;
        for (var kind = 0; kind < _alone.Length; kind++)
        {
            _alone[kind] = _planners[kind].Ticks(1, _tokens, _keepsTemplates ? new ResidentPart(1, _tokens) : default);
            fastest = Math.Min(fastest, _alone[kind]);
        }

        return _now + (_steps * fastest);
    }

    // Works out before which time workers cannot be done, from a block of them on until one may be as early as one that nobody uses, and returns the least bound.
    private double Bound(FleetView fleet, int from, long unused)
    {
        var versions = fleet.Versions();
        var least = double.PositiveInfinity;
        for (; from < versions.Length && least > unused; from += ArrivalBounds.Block)
        {
            Refresh(fleet, versions, from, Math.Min(from + ArrivalBounds.Block, versions.Length));
            least = Math.Min(least, _bounds.Work(from, _steps, _tokens, _alone, _now));
        }

        return least;
    }

    // Looks again at the workers that changed, and at those whose future has moved on.
    private void Refresh(FleetView fleet, ReadOnlySpan<long> versions, int from, int to)
    {
        for (var i = _bounds.NextChanged(versions, from, to); i < to; i = _bounds.NextChanged(versions, i + 1, to))
        {
            Look(i, fleet[i], versions[i]);
        }

        for (var i = _bounds.NextStale(_now, from, to); i >= 0; i = _bounds.NextStale(_now, i + 1, to))
        {
            if (_now > _outlooks[i].ValidUntil)
            {
                Look(i, fleet[i], versions[i]);
            }
            else
            {
                _bounds.GoOn(i, _outlooks[i], _now);
            }
        }
    }

    // It asks what the arrival costs the batch that is there, where there is one.
    private long CloserBound(in Outlook outlook) => outlook.Members == 0 || _keepsTemplates
        ? long.MinValue
        : outlook.EarliestFinish(
            _steps, _alone[outlook.Kind], _now, _planners[outlook.Kind].Ticks(outlook.Members + 1, outlook.MaskedTokens + _tokens));

    // What is remembered by index belongs to one fleet.
    private void Remember(FleetView fleet)
    {
        if (ReferenceEquals(fleet, _fleet) && fleet.Generation == _generation)
        {
            return;
        }

        (_fleet, _generation, _keepsTemplates) = (fleet, fleet.Generation, false);
        for (var i = 0; _seesCaches && i < fleet.Count; i++)
        {
            _keepsTemplates |= fleet[i].KeepsTemplates;
        }

        _outlooks = new Outlook[fleet.Count];
        _bounds.Show(fleet.Count);
    }

    private void Look(int index, IWorkerView view, long version)
    {
        var forecast = Of(view.Id.Value);
        forecast.Observe(view, _now);
        ref var outlook = ref _outlooks[index];
        outlook = forecast.Look();
        (outlook.Version, outlook.Kind) = (version, _kinds[view.Id.Value]);
        if (version <= 0)
        {
            // Such a view may change at any time.
            outlook.ValidUntil = long.MinValue;
        }

        _bounds.Know(index, outlook, _now);
    }

    // When a worker would be done with what is asked about, or something after a limit if that is later.
    private long Finish(in Request request, FleetView fleet, int index, long limit)
    {
        var (worker, kind) = (fleet[index], _outlooks[index].Kind);
        var forecast = _workers[worker.Id.Value]!;
        forecast.Observe(worker, _now);
        if (!_keepsTemplates)
        {
            return Delayed(request, worker, forecast, forecast.Finish(_steps, _tokens, false, _alone[kind], limit), _now);
        }

        var resident = IsResident(request, worker);
        var alone = resident ? _alone[kind] : _planners[kind].Ticks(1, _tokens);
        return Delayed(request, worker, forecast, forecast.Finish(_steps, _tokens, resident, alone, limit), _now);
    }

    private long FinishOfAnySize(in Request request, IWorkerView worker, WorkerForecast forecast, long now, long limit) => Delayed(
        request, worker, forecast, forecast.Finish(request.Steps, request.Mask.MaskedTokens, IsResident(request, worker), request.Mask.Grid, limit), now);

    private bool IsResident(in Request request, IWorkerView worker) => _seesCaches && worker.KeepsTemplates && worker.IsResident(request.Template);

    // The batch that the arrival joins stands still until its template is there.
    private long Delayed(in Request request, IWorkerView worker, WorkerForecast forecast, long finish, long now) =>
        _seesCaches && finish != long.MaxValue ? finish + worker.DelayOf(request).After(new TimeSpan(forecast.Joins - now)).Ticks : finish;

    private WorkerForecast Of(int worker) => _workers[worker] ??= new WorkerForecast(_planners[_kinds[worker]], _maxBatchSize, _seesCaches);
}
