using SimServe.Cli.Simulations;
using SimServe.Simulator.Statistics;

namespace SimServe.Cli.Comparison;

/// <summary>A comparison, read and checked.</summary>
/// <param name="Variation">What is varied.</param>
/// <param name="Files">The scenario of each variant.</param>
/// <param name="Metric">What is compared.</param>
/// <param name="Options">How long, how certain.</param>
internal sealed record ComparisonPlan(
    Variation Variation, IReadOnlyList<SimulatedScenario> Files, ComparisonMetric Metric, SequentialOptions Options)
{
    // The variants share the run's seed: it cannot be varied.
    public int Seed => Files[0].Scenario.Seed;
}
