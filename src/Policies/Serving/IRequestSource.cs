namespace SimServe.Policies.Serving;

/// <summary>Where a run's requests come from, one at a time.</summary>
/// <remarks>
/// Requests that come from outside (a trace, a Poisson process) are <see cref="TryNext">next</see> in order of arrival. A user who comes back after
/// an answer (a closed loop with think time) sends a <see cref="TryFollow">follow-up</see>.
/// </remarks>
public interface IRequestSource
{
    /// <summary>The next request from outside.</summary>
    /// <param name="request">It; its arrival is not before the last one's.</param>
    /// <returns>Whether there is one; once false, always false.</returns>
    bool TryNext(out Request request);

    /// <summary>What the user of a request that ended sends next.</summary>
    /// <param name="ended">The request that ended.</param>
    /// <param name="next">Arrives when the user has thought, not before <paramref name="ended"/> ended; its number has not been used.</param>
    /// <returns>Whether the user comes back.</returns>
    bool TryFollow(in RequestRecord ended, out Request next);
}
