namespace SimServe.Policies.Caches;

/// <summary>What a cache knows of an object.</summary>
/// <param name="Bytes">Its size in bytes, at least 1.</param>
/// <param name="ReloadSeconds">Seconds that a miss costs, finite and not negative; only <see cref="BenefitWeightedEviction"/> asks.</param>
public readonly record struct CachedObject(long Bytes, double ReloadSeconds = 0);
