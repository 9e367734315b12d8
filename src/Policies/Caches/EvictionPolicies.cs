namespace SimServe.Policies.Caches;

/// <summary>Eviction policies by name.</summary>
public static class EvictionPolicies
{
    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [LeastRecentlyUsedEviction.PolicyName, LeastFrequentlyUsedEviction.PolicyName, BenefitWeightedEviction.PolicyName];

    /// <summary>Creates a policy.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">The name is unknown; the message lists the known ones.</exception>
    public static IEvictionPolicy Create(string name) => name switch
    {
        LeastRecentlyUsedEviction.PolicyName => new LeastRecentlyUsedEviction(),
        LeastFrequentlyUsedEviction.PolicyName => new LeastFrequentlyUsedEviction(),
        BenefitWeightedEviction.PolicyName => new BenefitWeightedEviction(),
        _ => throw new ArgumentException($"There is no eviction policy '{name}'; known are {string.Join(", ", Names)}.", nameof(name)),
    };
}
