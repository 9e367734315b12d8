using SimServe.Policies.Batching;

namespace SimServe.Policies.Ordering;

/// <summary>Decides in which order a worker's waiting requests join its batch.</summary>
public interface IOrderingPolicy
{
    /// <summary>A waiting request's place: the least number goes first, the earlier of equals.</summary>
    /// <param name="request">A request that has become ready to join.</param>
    /// <returns>Any number; does not change while the request waits, so a queue is sorted once.</returns>
    long Key(in WaitingRequest request);
}
