using SimServe.Policies.Batching;

namespace SimServe.Policies.Ordering;

/// <summary>The request whose deadline is first joins first; those without one come last, in order of arrival.</summary>
/// <remarks>
/// Meets every deadline that any order meets, for work that can be preempted on one server (Liu and Layland 1973; Dertouzos 1974); here without preemption. In overload it serves
/// requests that are late already before others that could still make it, so pair it with admission by deadline.
/// </remarks>
public sealed class EarliestDeadline : IOrderingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "earliest-deadline";

    // Half the range of an Instant, some 14 000 years: whoever has no deadline goes behind it.
    private const long Last = long.MaxValue / 2;

    /// <inheritdoc/>
    public long Key(in WaitingRequest request) => request.Deadline is { } deadline
        ? Math.Min(deadline.Ticks, Last - 1)
        : Last + Math.Min(request.ArrivedAt.Ticks, Last);
}
