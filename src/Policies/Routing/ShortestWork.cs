using SimServe.Policies.Pipelines;

namespace SimServe.Policies.Routing;

/// <summary>The worker with the least predicted work left; the first of equals.</summary>
/// <remarks>
/// <para>
/// Join the least work left (Harchol-Balter, "Performance Modeling and Design of Computer Systems", 2013, chapter 24). A request's work is its remaining steps times its share of a step:
/// the time of a step of the batch that it runs in, as the worker's planner predicts it, over the members of that batch. Requests are taken in batches in the order
/// in which they will join, and what a busy worker has done since its view was true is taken off.
/// </para>
/// <para>
/// Unlike <see cref="MaskAware"/> it does not ask what the arrival itself would take, so it is blind to its mask and steps and to who would share its batch.
/// A worker's work is worked out once for each of its versions; no allocation per decision.
/// </para>
/// </remarks>
public sealed class ShortestWork : IRoutingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "shortest-work";

    private readonly StepPlanner[] _times;
    private readonly Backlog[] _backlogs;
    private readonly int _maxBatchSize;

    /// <summary>Creates the policy.</summary>
    /// <param name="planners">One planner per worker, by the worker's number.</param>
    /// <param name="maxBatchSize">Most requests in a worker's batch, at least 1.</param>
    public ShortestWork(IReadOnlyList<StepPlanner> planners, int maxBatchSize)
    {
        ArgumentNullException.ThrowIfNull(planners);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatchSize, 1);
        _times = [.. planners];
        _backlogs = new Backlog[planners.Count];
        _maxBatchSize = maxBatchSize;
    }

    /// <inheritdoc/>
    public int Choose(in Request request, FleetView fleet, Instant now)
    {
        var workers = fleet.Workers;
        var (best, least) = (0, long.MaxValue);
        for (var i = 0; i < workers.Length; i++)
        {
            var work = WorkLeft(workers[i], now);
            if (work < least)
            {
                (best, least) = (i, work);
            }
        }

        return best;
    }

    // Ticks of the worker's time.
    private long WorkLeft(IWorkerView view, Instant now)
    {
        ref var backlog = ref _backlogs[view.Id.Value];
        var version = view.Version;
        if (!ReferenceEquals(backlog.View, view) || backlog.Version != version || version <= 0)
        {
            var (work, first) = Sum(view);
            backlog = new Backlog(view, version, view.AsOf.Ticks, work, first);
        }

        return backlog.Work - Math.Clamp(now.Ticks - backlog.AsOf, 0, backlog.ToNextLeave);
    }

    private (long Work, long ToNextLeave) Sum(IWorkerView view)
    {
        var (work, times, all) = (0L, _times[view.Id.Value], view.Running + view.Waiting);
        for (var next = 0; next < all;)
        {
            var (members, tokens, steps, grid) = (0, 0, 0L, view.Outstanding(next).Grid);
            for (; next < all && members < _maxBatchSize; next++, members++)
            {
                var request = view.Outstanding(next);
                if (request.Grid != grid)
                {
                    break;
                }

                tokens += request.MaskedTokens;
                steps += request.RemainingSteps;
            }

            work += steps * times.For(grid).Ticks(members, tokens) / members;
        }

        return (work, ToNextLeave(view, times));
    }

    // The batch may have done so much of its work since the view was true, and no more.
    private static long ToNextLeave(IWorkerView view, StepPlanner times)
    {
        var (least, tokens) = (int.MaxValue, 0);
        for (var i = 0; i < view.Running; i++)
        {
            var member = view.Outstanding(i);
            tokens += member.MaskedTokens;
            least = Math.Min(least, member.RemainingSteps);
        }

        return view.Running == 0 ? 0 : least * times.For(view.Outstanding(0).Grid).Ticks(view.Running, tokens);
    }

    private readonly record struct Backlog(IWorkerView? View, long Version, long AsOf, long Work, long ToNextLeave);
}
