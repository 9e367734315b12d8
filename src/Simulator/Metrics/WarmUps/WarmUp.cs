using SimServe.Policies;

namespace SimServe.Simulator.Metrics.WarmUps;

/// <summary>What is not measured because the run had not settled yet.</summary>
/// <param name="Until">Requests that arrived before are not measured, and no other time either.</param>
/// <param name="Requests">The first so many requests are not measured, nor the time before the next one arrived; 0 or more.</param>
/// <param name="Reason">Where that comes from, for the report.</param>
public sealed record WarmUp(Instant Until, long Requests, string Reason)
{
    /// <summary>Everything is measured.</summary>
    public static readonly WarmUp None = new(Instant.Start, 0, "nothing was excluded");

    /// <summary>Excludes a time.</summary>
    /// <param name="length">From the start of the run, not negative.</param>
    public static WarmUp Time(TimeSpan length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, TimeSpan.Zero);
        return new WarmUp(Instant.Start + length, 0, $"the first {length.TotalSeconds:0.###} s were excluded as given");
    }

    /// <summary>Excludes a share of the requests: the first ones.</summary>
    /// <param name="share">From 0 to below 1.</param>
    /// <param name="requests">Requests of the run.</param>
    public static WarmUp Share(double share, long requests)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(share, 1);
        var count = (long)(share * requests);
        return new WarmUp(Instant.Start, count, $"the first {count} of {requests} requests ({share:P0}) were excluded as given");
    }
}
