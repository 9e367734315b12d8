using SimServe.Policies;
using SimServe.Policies.Costs;

namespace SimServe.Simulator.Fleets;

/// <summary>One worker of a simulated fleet.</summary>
/// <param name="Name">Name for reports and decisions, e.g. <c>H800:3</c>.</param>
/// <param name="Device">What is known of its device.</param>
/// <param name="Costs">The times its device takes; workers of one kind share the object, and their plans.</param>
/// <param name="Host">Number of the machine it sits in, from 0.</param>
public sealed record FleetWorker(string Name, DeviceSpec Device, ICostModel Costs, int Host = 0);
