using SimServe.Simulator.Statistics;

namespace SimServe.Simulator.Sweeps;

/// <summary>The points that differ in the compared key only, ranked.</summary>
/// <param name="Label">What they have in common, e.g. <c>ratePerSecond 2</c>; empty when nothing else was varied.</param>
/// <param name="Ranked">Indices of the points, the best mean first; points without a value last.</param>
/// <param name="AgainstBest">The best point against each of the others, in their order; null where there is no value or one replication only.</param>
/// <param name="ToldApart">Whether the best is better than all others, beyond chance and by more than does not matter.</param>
/// <param name="Rivals">Those that the best cannot be told apart from, the best included; only the best when it is told apart.</param>
public sealed record SweepCondition(
    string Label, IReadOnlyList<int> Ranked, IReadOnlyList<PairedComparison?> AgainstBest, bool ToldApart, IReadOnlyList<int> Rivals)
{
    /// <summary>The point with the best mean.</summary>
    public int Best => Ranked[0];
}
