namespace SimServe.Policies;

/// <summary>A worker's device is lost for good.</summary>
/// <param name="At">When.</param>
/// <param name="Worker">The worker's number.</param>
public sealed record LostWorker(Instant At, int Worker) : Fault(At);
