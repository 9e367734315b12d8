using SimServe.Simulator.Metrics.Sketches;

namespace SimServe.Simulator.Metrics.Objectives;

/// <summary>The measured requests of a service class.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ObjectiveSeconds">Its latency objective, s, or null.</param>
/// <param name="Ended">Requests that ended, however.</param>
/// <param name="Completed">Of those, completed.</param>
/// <param name="Attainment">How many met their objective.</param>
/// <param name="Latency">Latency of those that completed.</param>
public sealed record ClassSummary(string Name, double? ObjectiveSeconds, long Ended, long Completed, Attainment Attainment, LatencySummary Latency);
