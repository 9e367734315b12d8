namespace SimServe.Policies.Caches;

/// <summary>How often similar latents of an earlier request are found for a request, and what they spare and cost.</summary>
public sealed record ApproximateCacheOptions
{
    /// <summary>Share of requests for which they are found, 0 to 1.</summary>
    /// <remarks>Katz's artifact (ATC '25) notes 0.66 where 10 steps are left out and 0.20 where 20 are.</remarks>
    public required double HitShare { get; init; }

    /// <summary>Denoising steps that such a request leaves out, at least 1.</summary>
    public required int SkippedSteps { get; init; }

    /// <summary>Time to find and bring the latents; not negative.</summary>
    /// <value>0.35 s, which Katz's artifact adds to every request of Nirvana's for the network.</value>
    public TimeSpan Retrieval { get; init; } = TimeSpan.FromSeconds(0.35);
}
