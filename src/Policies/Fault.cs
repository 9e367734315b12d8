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

/// <summary>A worker's device is lost for good.</summary>
/// <param name="At">When.</param>
/// <param name="Worker">The worker's number.</param>
public sealed record LostWorker(Instant At, int Worker) : Fault(At);

/// <summary>A worker's machine is taken away after a notice, as spot machines are.</summary>
/// <param name="At">When the notice comes: the worker takes nothing new from then on.</param>
/// <param name="Worker">The worker's number.</param>
/// <param name="Notice">How long after it the device is lost; zero or more.</param>
public sealed record SpotPreemption(Instant At, int Worker, TimeSpan Notice) : Fault(At);

/// <summary>A worker's device is slow for a while, as one that is too hot.</summary>
/// <param name="At">From when on.</param>
/// <param name="Worker">The worker's number.</param>
/// <param name="For">For how long, greater than zero.</param>
/// <param name="Factor">Every step takes so many times as long, at least 1.</param>
public sealed record SlowWorker(Instant At, int Worker, TimeSpan For, double Factor) : Fault(At);

/// <summary>The link over which a worker loads cached activations has less bandwidth for a while.</summary>
/// <param name="At">From when on.</param>
/// <param name="Worker">The worker's number.</param>
/// <param name="For">For how long, greater than zero.</param>
/// <param name="Share">Share of its bandwidth that is left, above 0 to 1.</param>
public sealed record LinkBrownout(Instant At, int Worker, TimeSpan For, double Share) : Fault(At);

/// <summary>A host that stores templates' caches is lost: its templates must be recorded anew.</summary>
/// <param name="At">When.</param>
/// <param name="Host">The cache host's number.</param>
public sealed record LostCacheHost(Instant At, int Host) : Fault(At);
