using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>A state of <see cref="MarkovModulatedPattern"/>.</summary>
/// <param name="Multiplier">Its rate over the workload's, at least 0.</param>
/// <param name="MeanSojournSeconds">How long it lasts on average, in seconds, greater than 0.</param>
public sealed record PatternState(double Multiplier, double MeanSojournSeconds)
{
    internal ModulatingState At(double requestsPerSecond) => new(Multiplier * requestsPerSecond, Duration.FromSeconds(MeanSojournSeconds));
}
