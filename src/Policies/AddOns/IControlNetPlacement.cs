namespace SimServe.Policies.AddOns;

/// <summary>Decides where a request's ControlNets run.</summary>
public interface IControlNetPlacement
{
    /// <summary>Chooses a device for one ControlNet of a request.</summary>
    /// <param name="controlNet">Number of the ControlNet.</param>
    /// <param name="place">Which of the request's ControlNets it is, from 0.</param>
    /// <param name="devices">The devices.</param>
    /// <returns>A device that is well, or <c>null</c>: on the worker itself, before each of its steps.</returns>
    int? Place(int controlNet, int place, ControlNetView devices);
}
