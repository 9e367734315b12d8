using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>Decides which ControlNets and LoRAs a request uses.</summary>
/// <remarks>A population may remember what it drew: it serves one run, and every run gets a new one.</remarks>
public interface IAdapterPopulation
{
    /// <summary>The adapters of the next request.</summary>
    /// <param name="random">The stream to draw from.</param>
    /// <returns>A set that requests with the same adapters share where that is cheap.</returns>
    AdapterSet Next(RandomStream random);
}
