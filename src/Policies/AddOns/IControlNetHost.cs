using SimServe.Policies.Serving;

namespace SimServe.Policies.AddOns;

/// <summary>A device's memory of ControlNets: a worker's own, or that of a device which runs nothing else.</summary>
/// <remarks>Called by the serving loop only, and completed on its thread.</remarks>
public interface IControlNetHost
{
    /// <summary>Why it serves nobody any more, or <c>null</c>.</summary>
    string? Fault { get; }

    /// <summary>Whether a ControlNet can be used at once.</summary>
    /// <param name="controlNet">Its number.</param>
    bool Holds(int controlNet);

    /// <summary>Loads a ControlNet; what nobody uses makes room for it. Two loads of one ControlNet are one.</summary>
    /// <param name="controlNet">Its number.</param>
    /// <returns>Done; or a fault of the device, or a refusal where the ControlNet is missing or spoilt.</returns>
    Pending<DeviceReport> Load(int controlNet);

    /// <summary>A request uses a ControlNet that is held: it stays from now on.</summary>
    /// <param name="controlNet">Its number.</param>
    void Pin(int controlNet);

    /// <summary>The request has left: takes back one <see cref="Pin"/>.</summary>
    /// <param name="controlNet">Its number.</param>
    void Unpin(int controlNet);
}
