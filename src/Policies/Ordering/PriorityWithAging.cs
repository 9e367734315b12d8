using SimServe.Policies.Batching;

namespace SimServe.Policies.Ordering;

/// <summary>The request of the highest class joins first, but waiting counts too: who has waited long enough overtakes a higher class.</summary>
/// <remarks>
/// Favours those who were promised most without starving the rest. A request's urgency is its class's priority plus its waiting time over <c>aging</c>
/// (Kleinrock's time-dependent priorities, 1964, with one slope for all). As all age alike, who goes before whom never changes, and the order is that
/// of arrival minus priority times <c>aging</c>. Within a class: first come, first served.
/// </remarks>
public sealed class PriorityWithAging : IOrderingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "priority";

    private readonly long _aging;

    /// <summary>Creates the policy.</summary>
    /// <param name="aging">Waiting that outweighs one level of priority, greater than zero.</param>
    public PriorityWithAging(TimeSpan aging)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(aging, TimeSpan.Zero);
        _aging = aging.Ticks;
    }

    /// <inheritdoc/>
    public long Key(in WaitingRequest request)
    {
        // Priorities and agings may be as large as one likes: beyond 29 000 years all are alike.
        var key = request.ArrivedAt.Ticks - ((Int128)request.Class.Priority * _aging);
        return key > long.MaxValue ? long.MaxValue : key < long.MinValue ? long.MinValue : (long)key;
    }
}
