namespace SimServe.Policies;

/// <summary>How long a worker would let a request wait for its template's activation cache. Zero where it is there.</summary>
/// <param name="Fetch">Predicted time until it has been fetched, from the present, if that begins or goes on while the request waits for its place: what lies on the same links already shares them.</param>
/// <param name="Stage">Predicted time for which the batch stands still once the request has joined, whatever was done before: a recording, or a fetch where nothing is fetched ahead.</param>
public readonly record struct TemplateDelay(TimeSpan Fetch, TimeSpan Stage)
{
    /// <summary>How long the batch stands still for a request that joins it.</summary>
    /// <param name="untilJoined">Time from the present until it joins, zero or more.</param>
    public TimeSpan After(TimeSpan untilJoined) => Stage + (Fetch > untilJoined ? Fetch - untilJoined : TimeSpan.Zero);
}
