namespace SimServe.Policies.Ordering;

/// <summary>In which order waiting requests join a batch.</summary>
public sealed record OrderingOptions
{
    /// <summary>Name of the policy.</summary>
    /// <value><c>fcfs</c>.</value>
    public string Kind { get; init; } = FirstComeFirstServed.Name;

    /// <summary>Waiting that outweighs one level of priority, for policies with aging; greater than zero.</summary>
    /// <value>30 s.</value>
    public TimeSpan Aging { get; init; } = TimeSpan.FromSeconds(30);
}
