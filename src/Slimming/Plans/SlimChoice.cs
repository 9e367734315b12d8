namespace SimServe.Slimming.Plans;

/// <summary>Widths, and how they came about.</summary>
/// <param name="Widths">Units of each group, in the target's order; all allowed.</param>
/// <param name="Strategy">Who chose them.</param>
public sealed record SlimChoice(IReadOnlyList<int> Widths, StrategyDescription Strategy);
