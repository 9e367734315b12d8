namespace SimServe.Policies.Batching;

/// <summary>What a batching or an ordering policy sees of a request that is ready to join.</summary>
/// <param name="Id">The request.</param>
/// <param name="ArrivedAt">When it reached the router.</param>
/// <param name="ReadyAt">When it became ready to join.</param>
/// <param name="MaskedTokens">Its masked image tokens.</param>
/// <param name="Steps">Denoising steps it has still to take.</param>
/// <param name="Class">What its user was promised.</param>
/// <param name="Alone">Predicted time of these steps on this worker in a batch of its own.</param>
public readonly record struct WaitingRequest(
    RequestId Id, Instant ArrivedAt, Instant ReadyAt, int MaskedTokens, int Steps, ServiceClass Class, TimeSpan Alone)
{
    /// <summary>When its latency objective ends, or <c>null</c> when its class has none.</summary>
    public Instant? Deadline => Class.Objective is { } objective ? ArrivedAt + objective : null;
}
