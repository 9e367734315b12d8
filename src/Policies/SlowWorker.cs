namespace SimServe.Policies;

/// <summary>A worker's device is slow for a while, as one that is too hot.</summary>
/// <param name="At">From when on.</param>
/// <param name="Worker">The worker's number.</param>
/// <param name="For">For how long, greater than zero.</param>
/// <param name="Factor">Every step takes so many times as long, at least 1.</param>
public sealed record SlowWorker(Instant At, int Worker, TimeSpan For, double Factor) : Fault(At);
