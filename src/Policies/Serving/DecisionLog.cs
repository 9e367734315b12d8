using SimServe.Policies.Routing;

namespace SimServe.Policies.Serving;

/// <summary>Keeps every decision of a run with what the policy saw, so that two runs can be compared and one can be replayed.</summary>
public sealed class DecisionLog : IRunObserver
{
    private readonly List<RoutingDecision> _routing = [];
    private readonly List<BatchingDecision> _batching = [];

    /// <summary>Where requests were sent, in order.</summary>
    public IReadOnlyList<RoutingDecision> Routing => _routing;

    /// <summary>Who joined which batch, in order.</summary>
    public IReadOnlyList<BatchingDecision> Batching => _batching;

    /// <inheritdoc/>
    public void Routed(in Request request, FleetView fleet, int chosen, Instant now)
    {
        var seen = new WorkerSnapshot[fleet.Count];
        for (var i = 0; i < seen.Length; i++)
        {
            seen[i] = WorkerSnapshot.Of(fleet[i], request);
        }

        _routing.Add(new RoutingDecision(now, request, seen, chosen));
    }

    /// <inheritdoc/>
    public void Admitted(WorkerId worker, int running, ReadOnlySpan<RequestId> admitted, Instant now) =>
        _batching.Add(new BatchingDecision(now, worker, running, admitted.ToArray()));
}

/// <summary>A request was sent to a worker.</summary>
/// <param name="At">When.</param>
/// <param name="Request">The request.</param>
/// <param name="Seen">What the router saw.</param>
/// <param name="Chosen">Index into <paramref name="Seen"/>.</param>
public sealed record RoutingDecision(Instant At, Request Request, IReadOnlyList<WorkerSnapshot> Seen, int Chosen)
{
    /// <summary>The chosen worker.</summary>
    public WorkerId Worker => Seen[Chosen].Id;
}

/// <summary>Requests joined a batch.</summary>
/// <param name="At">When.</param>
/// <param name="Worker">Whose batch.</param>
/// <param name="Running">Its size before.</param>
/// <param name="Admitted">Who joined.</param>
public sealed record BatchingDecision(Instant At, WorkerId Worker, int Running, IReadOnlyList<RequestId> Admitted);
