using SimServe.Policies.Batching;

namespace SimServe.Policies.Ordering;

/// <summary>Requests join in the order in which they became ready.</summary>
public sealed class FirstComeFirstServed : IOrderingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "fcfs";

    /// <inheritdoc/>
    public long Key(in WaitingRequest request) => 0;
}
