using SimServe.Policies.Routing;

namespace SimServe.Policies.Serving;

/// <summary>Watches a run: decision logs, progress, digests. Called on the loop's thread; must not change anything.</summary>
/// <remarks>Every method does nothing unless it is implemented.</remarks>
public interface IRunObserver
{
    /// <summary>A request reached the router; admission has not been asked yet.</summary>
    /// <param name="request">The request.</param>
    void Arrived(in Request request)
    {
    }

    /// <summary>A request was sent to a worker.</summary>
    /// <param name="request">The request.</param>
    /// <param name="fleet">What the router saw; valid during the call.</param>
    /// <param name="chosen">The index it chose.</param>
    /// <param name="now">The present.</param>
    void Routed(in Request request, FleetView fleet, int chosen, Instant now)
    {
    }

    /// <summary>Requests joined a worker's batch.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="running">Requests in its batch before.</param>
    /// <param name="admitted">Who joined; valid during the call.</param>
    /// <param name="now">The present.</param>
    void Admitted(WorkerId worker, int running, ReadOnlySpan<RequestId> admitted, Instant now)
    {
    }

    /// <summary>A worker denoised.</summary>
    /// <param name="segment">What it did; its plan is valid during the call.</param>
    void Denoised(in BatchSegment segment)
    {
    }

    /// <summary>A worker loaded something its batch needed, and took no steps meanwhile.</summary>
    /// <param name="stall">What it did.</param>
    void Stalled(in WorkerStall stall)
    {
    }

    /// <summary>A worker's state changed. Every worker begins as <see cref="WorkerState.Off"/>, and states are told from the start of the run on.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="state">Its new state.</param>
    /// <param name="now">The present.</param>
    void WorkerChanged(WorkerId worker, WorkerState state, Instant now)
    {
    }

    /// <summary>A request ended.</summary>
    /// <param name="record">What happened to it.</param>
    void Finished(in RequestRecord record)
    {
    }
}
