namespace SimServe.Policies.Caches;

/// <summary>Says which requests go on from the latents of an earlier request with a similar prompt instead of from noise.</summary>
/// <param name="options">How often, how much, at what price.</param>
/// <param name="seed">The run's seed.</param>
/// <remarks>
/// Source: Nirvana (NSDI '24), approximate caching. Simplified: whether a request hits is drawn, by its number and the run's seed, in place of prompts and a store of latents; every hit leaves out the same number of
/// steps, and a miss costs nothing. With a greater share whoever hits with a smaller one hits too, so that shares can be compared on one seed. How the image differs is not modelled.
/// </remarks>
public sealed class ApproximateCache(ApproximateCacheOptions options, long seed)
{
    private readonly ApproximateCacheOptions _options = Checked(options);
    private readonly long _seed = unchecked((long)new RandomStream(seed, "approximate-cache").NextBits());

    /// <summary>Time to find and bring the latents of a hit.</summary>
    public TimeSpan Retrieval => _options.Retrieval;

    /// <summary>Steps that a request leaves out.</summary>
    /// <param name="request">The request.</param>
    /// <value>0 where nothing is found; a request that has no more steps than would be left out takes all of them.</value>
    public int SkippedSteps(in Request request) =>
        request.Steps > _options.SkippedSteps && RequestDraw.Of(_seed, request.Id) < _options.HitShare ? _options.SkippedSteps : 0;

    private static ApproximateCacheOptions Checked(ApproximateCacheOptions options)
    {
        string[] faults =
        [
            .. options.HitShare is >= 0 and <= 1 ? Array.Empty<string>() : [$"{nameof(options.HitShare)} is {options.HitShare} but must be from 0 to 1."],
            .. options.SkippedSteps >= 1 ? Array.Empty<string>() : [$"{nameof(options.SkippedSteps)} is {options.SkippedSteps} but must be at least 1."],
            .. options.Retrieval >= TimeSpan.Zero ? Array.Empty<string>() : [$"{nameof(options.Retrieval)} is {options.Retrieval} but must not be negative."],
        ];
        return faults.Length == 0 ? options : throw new ArgumentException($"An approximate cache is invalid: {string.Join(' ', faults)}", nameof(options));
    }
}
