using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>A piece of <see cref="PiecewisePattern"/>.</summary>
/// <param name="Seconds">Its length in seconds, greater than 0.</param>
/// <param name="Multiplier">Its rate over the workload's, at least 0.</param>
public sealed record PatternPiece(double Seconds, double Multiplier)
{
    internal RatePiece At(double requestsPerSecond) => new(Duration.FromSeconds(Seconds), Multiplier * requestsPerSecond);
}
