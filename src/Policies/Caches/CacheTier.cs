namespace SimServe.Policies.Caches;

/// <summary>One bounded tier of a <see cref="TieredCache{TKey}"/>.</summary>
/// <param name="Name">Name for reports, e.g. <c>hbm</c>, <c>host</c>, <c>disk</c>.</param>
/// <param name="CapacityBytes">Bytes it can hold; 0 or more.</param>
/// <param name="Policy">What it evicts first. Policies have no state, so tiers may share one.</param>
public sealed record CacheTier(string Name, long CapacityBytes, IEvictionPolicy Policy);
