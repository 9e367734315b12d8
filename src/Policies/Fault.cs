namespace SimServe.Policies;

/// <summary>Something that goes wrong on purpose: one description for simulated and real fleets.</summary>
/// <param name="At">When it happens.</param>
public abstract record Fault(Instant At)
{
    /// <summary>Workers that are told that they will be taken away, and when.</summary>
    /// <param name="faults">Faults in any order.</param>
    /// <returns>The earliest notice of each.</returns>
    public static IReadOnlyDictionary<int, Instant> Notices(IReadOnlyList<Fault> faults) => faults.OfType<SpotPreemption>()
        .GroupBy(static fault => fault.Worker)
        .ToDictionary(static group => group.Key, static group => group.Min(static fault => fault.At));
}
