namespace SimServe.GpuBackend.AddOns;

/// <summary>A device that ran ControlNets is lost: a step that waits for it comes to nothing, and its worker is well.</summary>
/// <param name="reason">Why.</param>
internal sealed class ControlNetLostException(string reason) : Exception(reason);
