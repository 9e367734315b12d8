namespace SimServe.Policies.Recovery;

/// <summary>What becomes of a request whose device failed.</summary>
/// <param name="Retries">Whether it goes to another worker; otherwise it has failed.</param>
/// <param name="FromStep">The step it starts at there, from 0; steps before it need not be repeated.</param>
public readonly record struct RecoveryDecision(bool Retries, int FromStep)
{
    /// <summary>It has failed.</summary>
    public static RecoveryDecision Fail => default;

    /// <summary>It goes to another worker.</summary>
    /// <param name="step">The step it starts at, from 0.</param>
    public static RecoveryDecision RetryFrom(int step) => new(true, step);
}
