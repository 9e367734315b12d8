namespace SimServe.Policies;

/// <summary>A host that stores templates' caches is lost: its templates must be recorded anew.</summary>
/// <param name="At">When.</param>
/// <param name="Host">The cache host's number.</param>
public sealed record LostCacheHost(Instant At, int Host) : Fault(At);
