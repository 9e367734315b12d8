namespace SimServe.Policies.Caches;

/// <summary>What has happened at one tier.</summary>
/// <param name="Hits">Uses that found their object here and in no faster tier.</param>
/// <param name="HitBytes">Bytes of those objects.</param>
/// <param name="Demotions">Objects that came here as victims of a faster tier and were written, because this tier did not hold them.</param>
/// <param name="DemotedBytes">Bytes of those objects: what must be moved down.</param>
public readonly record struct TierCounts(long Hits, long HitBytes, long Demotions, long DemotedBytes);
