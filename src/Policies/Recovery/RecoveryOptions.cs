namespace SimServe.Policies.Recovery;

/// <summary>What becomes of requests whose device failed.</summary>
public sealed record RecoveryOptions
{
    /// <summary>Name of the policy.</summary>
    /// <value><c>fail</c>.</value>
    public string Kind { get; init; } = FailWithDevice.Name;

    /// <summary>Devices that may fail under a request before it fails too, at least 1.</summary>
    /// <value>3.</value>
    public int Attempts { get; init; } = 3;

    /// <summary>Steps from one checkpoint of the latents to the next, at least 1.</summary>
    /// <value>5.</value>
    public int CheckpointSteps { get; init; } = 5;
}
