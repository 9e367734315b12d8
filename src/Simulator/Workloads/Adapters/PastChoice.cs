using SimServe.Policies;

namespace SimServe.Simulator.Workloads.Adapters;

/// <summary>What a request of a neighbourhood used.</summary>
/// <param name="ControlNets">Number of its set in the population.</param>
/// <param name="Loras">Its LoRAs.</param>
/// <param name="Adapters">Both, as a request refers to them.</param>
internal readonly record struct PastChoice(int ControlNets, LoraChoice Loras, AdapterSet Adapters)
{
    /// <summary>Its adapters, if they are these: then the object is shared.</summary>
    public AdapterSet? As(int controlNets, LoraChoice loras) => controlNets == ControlNets && loras == Loras ? Adapters : null;
}
