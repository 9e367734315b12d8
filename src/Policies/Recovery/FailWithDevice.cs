namespace SimServe.Policies.Recovery;

/// <summary>A request fails with its device.</summary>
public sealed class FailWithDevice : IRecoveryPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "fail";

    /// <inheritdoc/>
    public RecoveryDecision Decide(in Request request, int stepsDone, int attempts) => RecoveryDecision.Fail;
}
