namespace SimServe.Policies.Recovery;

/// <summary>Decides what becomes of a request that was in the batch of a device that failed.</summary>
public interface IRecoveryPolicy
{
    /// <summary>Steps from one checkpoint of the latents to the next that the policy counts on; 0: it needs none.</summary>
    /// <remarks>Real devices keep as many; a simulated one is taken to have kept them, at no cost.</remarks>
    int CheckpointSteps => 0;

    /// <summary>Decides.</summary>
    /// <param name="request">The request.</param>
    /// <param name="stepsDone">Steps it had taken, 0 or more.</param>
    /// <param name="attempts">Devices that failed under it so far, this one included; at least 1.</param>
    /// <returns>Whether it goes to another worker, and at which step it starts there.</returns>
    RecoveryDecision Decide(in Request request, int stepsDone, int attempts);
}
