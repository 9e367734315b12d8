namespace SimServe.Policies.Batching;

/// <summary>What a batching policy sees of a request in the batch.</summary>
/// <param name="MaskedTokens">Its masked image tokens.</param>
/// <param name="Steps">Denoising steps it has still to take from <see cref="IBatchView.Boundary"/> on; 0 where it leaves there.</param>
/// <param name="Deadline">When its latency objective ends, or <c>null</c> when its class has none.</param>
public readonly record struct RunningRequest(int MaskedTokens, int Steps, Instant? Deadline);
