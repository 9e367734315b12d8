namespace SimServe.Policies.AddOns;

/// <summary>What a placement policy sees of the devices that run ControlNets for workers.</summary>
public abstract class ControlNetView
{
    /// <summary>Devices, those that failed among them.</summary>
    public abstract int Count { get; }

    /// <summary>The worker that the request was sent to.</summary>
    public abstract WorkerId Worker { get; }

    /// <summary>Workers of the fleet.</summary>
    public abstract int Workers { get; }

    /// <summary>Whether a device serves.</summary>
    /// <param name="device">Its number.</param>
    public abstract bool IsWell(int device);

    /// <summary>Whether a device has a ControlNet in its memory, or is loading it.</summary>
    /// <param name="device">Its number.</param>
    /// <param name="controlNet">The ControlNet.</param>
    public abstract bool Holds(int device, int controlNet);

    /// <summary>Uses of a device by requests that are with a worker at present, one for each of their ControlNets there.</summary>
    /// <param name="device">Its number.</param>
    public abstract int Uses(int device);
}
