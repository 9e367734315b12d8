namespace SimServe.Policies.AddOns;

/// <summary>What becomes of requests in a batch when a device that runs ControlNets for them fails.</summary>
public enum ControlNetRecovery
{
    /// <summary>They fail.</summary>
    Fail,

    /// <summary>Their ControlNets are placed anew, on the worker where no other device is left.</summary>
    Elsewhere,

    /// <summary>Their ControlNets run on the worker from then on.</summary>
    Local,
}
