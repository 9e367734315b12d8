namespace SimServe.Policies.Batching;

/// <summary>How many waiting requests join the batch now, and when to ask again if nothing happens until then.</summary>
/// <param name="Admitted">The first so many waiting requests join, 0 or more.</param>
/// <param name="WakeAt">When to ask again, or <c>null</c> to wait for the next arrival or departure.</param>
public readonly record struct BatchDecision(int Admitted, Instant? WakeAt)
{
    /// <summary>Nobody joins before something happens.</summary>
    public static BatchDecision Wait => default;

    /// <summary>The first <paramref name="count"/> waiting requests join now.</summary>
    /// <param name="count">0 or more.</param>
    public static BatchDecision Admit(int count) => new(count, null);

    /// <summary>Nobody joins before <paramref name="due"/>, unless something happens.</summary>
    /// <param name="due">When to ask again, in the future.</param>
    public static BatchDecision WaitUntil(Instant due) => new(0, due);
}
