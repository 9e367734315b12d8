namespace SimServe.Policies.Batching;

/// <summary>What a batching policy sees of a request that is ready to join.</summary>
/// <param name="Id">The request.</param>
/// <param name="ReadyAt">When it became ready to join.</param>
/// <param name="MaskedTokens">Its masked image tokens.</param>
/// <param name="Steps">Its denoising steps.</param>
public readonly record struct WaitingRequest(RequestId Id, Instant ReadyAt, int MaskedTokens, int Steps);
