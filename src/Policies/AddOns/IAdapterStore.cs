using SimServe.Policies.Serving;

namespace SimServe.Policies.AddOns;

/// <summary>A device's own memory of adapters, as whoever fetches ahead of requests sees it.</summary>
/// <remarks>Called by the serving loop only, and completed on its thread.</remarks>
public interface IAdapterStore
{
    /// <summary>Whether no adapter is on its way to the device.</summary>
    bool IsIdle { get; }

    /// <summary>Whether an adapter is there or on its way.</summary>
    /// <param name="adapter">The adapter.</param>
    bool Has(in Adapter adapter);

    /// <summary>What an adapter that the device does not have would drive out.</summary>
    /// <param name="adapter">The adapter. Of what was never loaded a device may only guess the size: what turns out to drive out more than was said here is not kept.</param>
    AdapterRoom RoomFor(in Adapter adapter);

    /// <summary>Fetches an adapter that nobody has asked for. Whoever does meanwhile waits for the same fetch.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <returns>Done; or a fault of the device, or a refusal where the adapter is missing or spoilt.</returns>
    Pending<DeviceReport> Fetch(in Adapter adapter);
}
