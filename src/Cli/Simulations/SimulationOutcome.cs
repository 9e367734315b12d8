using SimServe.Simulator.Metrics;
using SimServe.Simulator.Reports.Runs;

namespace SimServe.Cli.Simulations;

/// <summary>What <c>simulate</c> found.</summary>
/// <param name="Run">The run under study; the first replication.</param>
/// <param name="Facts">What else the reader must know.</param>
/// <param name="Replications">All replications together, or <c>null</c> for one.</param>
/// <param name="Baseline">The same requests under the baseline's policies, or <c>null</c>.</param>
/// <param name="Faults">Devices that failed, in words.</param>
/// <param name="Extrapolated">Terms of the cost model that were asked outside of its samples.</param>
/// <param name="WallSeconds">How long the run under study took to simulate.</param>
internal sealed record SimulationOutcome(
    RunSummary Run,
    RunFacts Facts,
    ReplicatedMetrics? Replications,
    RunSummary? Baseline,
    IReadOnlyList<string> Faults,
    IReadOnlyList<string> Extrapolated,
    double WallSeconds);
