namespace SimServe.Policies.Batching;

/// <summary>Decides at a step boundary which waiting requests join a worker's batch.</summary>
public interface IBatchingPolicy
{
    /// <summary>Where the worker prepares and decodes requests.</summary>
    /// <value>Beside the batch.</value>
    PrePostPlace PrePost => PrePostPlace.Beside;

    /// <summary>Decides. Asked when a request becomes ready, at every step boundary where the batch stops, and at the time the last decision named.</summary>
    /// <param name="waiting">Requests ready to join, in the order in which they became ready; not empty.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="now">The present.</param>
    BatchDecision Decide(ReadOnlySpan<WaitingRequest> waiting, IBatchView batch, Instant now);
}
