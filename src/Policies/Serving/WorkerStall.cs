namespace SimServe.Policies.Serving;

/// <summary>Time in which a worker was occupied and took no steps.</summary>
/// <param name="Worker">The worker.</param>
/// <param name="Cause">Why.</param>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended.</param>
/// <param name="BatchSize">Requests in its batch at the end; 0 where it prepared or decoded requests while nobody denoised, and where all were cancelled meanwhile.</param>
public readonly record struct WorkerStall(WorkerId Worker, StallCause Cause, Instant Start, Instant End, int BatchSize);
