using SimServe.Policies;
using SimServe.Policies.Costs;

namespace SimServe.Simulator.Fleets;

/// <summary>A device that runs ControlNets for the workers of a simulated fleet.</summary>
/// <param name="Name">Name for reports and decisions, e.g. <c>controlnet:0</c>.</param>
/// <param name="Device">What is known of its device.</param>
/// <param name="Costs">The times it takes.</param>
/// <param name="Host">Number of the machine it sits in, from 0.</param>
public sealed record ControlNetDevice(string Name, DeviceSpec Device, ICostModel Costs, int Host = 0);
