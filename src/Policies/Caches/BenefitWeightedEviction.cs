namespace SimServe.Policies.Caches;

/// <summary>Evicts the object that saves the fewest reload seconds per byte, with aging: GreedyDual-Size-Frequency.</summary>
/// <remarks>
/// Worth = inflation + uses * reload seconds / bytes, where inflation is the worth of the victims so far: an object that is no longer used is
/// overtaken by newer ones. Source: Cherkasova, "Improving WWW Proxies Performance with Greedy-Dual-Size-Frequency Caching Policy",
/// HP Laboratories report HPL-98-69R1, 1998. Objects without reload seconds are worth nothing, so set them all or none.
/// </remarks>
public sealed class BenefitWeightedEviction : IEvictionPolicy
{
    /// <summary>Name in scenario files and reports.</summary>
    public const string PolicyName = "benefit-weighted";

    /// <inheritdoc/>
    public string Name => PolicyName;

    /// <inheritdoc/>
    public double Worth(long uses, CachedObject item, double inflation) => inflation + (uses * item.ReloadSeconds / item.Bytes);
}
