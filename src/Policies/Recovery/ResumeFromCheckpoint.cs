namespace SimServe.Policies.Recovery;

/// <summary>A request whose device failed goes on from its last checkpoint on another worker, a limited number of times.</summary>
/// <remarks>
/// Latents are small (a 1024 x 1024 image has 128 KiB to 512 KiB of them), so they are copied to a host every few steps; steps since the last copy are lost. There is no checkpoint
/// after the last step: what follows it is decoding.
/// </remarks>
public sealed class ResumeFromCheckpoint : IRecoveryPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "resume";

    private readonly int _attempts;

    /// <summary>Creates the policy.</summary>
    /// <param name="attempts">Devices on which a request may be tried, at least 1: when the last of them fails, the request fails too.</param>
    /// <param name="checkpointSteps">Steps from one checkpoint to the next, at least 1.</param>
    public ResumeFromCheckpoint(int attempts, int checkpointSteps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(checkpointSteps, 1);
        (_attempts, CheckpointSteps) = (attempts, checkpointSteps);
    }

    /// <inheritdoc/>
    public int CheckpointSteps { get; }

    /// <inheritdoc/>
    public RecoveryDecision Decide(in Request request, int stepsDone, int attempts) => attempts < _attempts
        ? RecoveryDecision.RetryFrom(Math.Min(stepsDone, request.Steps - 1) / CheckpointSteps * CheckpointSteps)
        : RecoveryDecision.Fail;
}
