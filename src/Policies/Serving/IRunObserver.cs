using SimServe.Policies.Routing;

namespace SimServe.Policies.Serving;

/// <summary>Watches a run: decision logs, progress, digests. Called on the loop's thread; must not change anything.</summary>
public interface IRunObserver
{
    /// <summary>A request was sent to a worker.</summary>
    /// <param name="request">The request.</param>
    /// <param name="workers">What the router saw; valid during the call.</param>
    /// <param name="chosen">The index it chose.</param>
    /// <param name="now">The present.</param>
    void Routed(Request request, ReadOnlySpan<IWorkerView> workers, int chosen, Instant now);

    /// <summary>Requests joined a worker's batch.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="running">Requests in its batch before.</param>
    /// <param name="admitted">Who joined.</param>
    /// <param name="now">The present.</param>
    void Admitted(WorkerId worker, int running, IReadOnlyList<RequestId> admitted, Instant now);

    /// <summary>A worker denoised.</summary>
    /// <param name="segment">What it did.</param>
    void Denoised(BatchSegment segment);

    /// <summary>A request ended.</summary>
    /// <param name="record">What happened to it.</param>
    void Finished(RequestRecord record);
}
