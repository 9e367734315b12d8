namespace SimServe.Policies.Recovery;

/// <summary>A request whose device failed starts again from its first step on another worker, a limited number of times.</summary>
/// <remarks>Needs nothing of the device that failed: the prompt, the mask and the seed are with the router. All steps that were taken are lost.</remarks>
public sealed class RestartElsewhere : IRecoveryPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "restart";

    private readonly int _attempts;

    /// <summary>Creates the policy.</summary>
    /// <param name="attempts">Devices on which a request may be tried, at least 1: when the last of them fails, the request fails too.</param>
    public RestartElsewhere(int attempts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        _attempts = attempts;
    }

    /// <inheritdoc/>
    public RecoveryDecision Decide(in Request request, int stepsDone, int attempts) =>
        attempts < _attempts ? RecoveryDecision.RetryFrom(0) : RecoveryDecision.Fail;
}
