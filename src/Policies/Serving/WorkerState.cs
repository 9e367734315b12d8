namespace SimServe.Policies.Serving;

/// <summary>What a worker of a fleet does.</summary>
public enum WorkerState
{
    /// <summary>It is not there and costs nothing.</summary>
    Off,

    /// <summary>Its machine has been asked for.</summary>
    Provisioning,

    /// <summary>Its machine is there and loads the model.</summary>
    Loading,

    /// <summary>It takes requests.</summary>
    Ready,

    /// <summary>It finishes what it has and takes nothing new.</summary>
    Draining,

    /// <summary>It failed and does nothing more.</summary>
    Failed,
}
