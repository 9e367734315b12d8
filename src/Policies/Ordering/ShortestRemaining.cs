using SimServe.Policies.Batching;

namespace SimServe.Policies.Ordering;

/// <summary>The request with the least predicted time to go joins first.</summary>
/// <remarks>
/// Minimises the mean time that requests wait: shortest remaining processing time first is optimal on one server (Schrage 1968), here without preemption, with
/// the steps alone in a batch as the prediction. Large edits pay for it: under constant overload they may wait for ever.
/// </remarks>
public sealed class ShortestRemaining : IOrderingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "shortest-remaining";

    /// <inheritdoc/>
    public long Key(in WaitingRequest request) => request.Alone.Ticks;
}
