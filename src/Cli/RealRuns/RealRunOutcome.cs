using SimServe.GpuBackend.Devices;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Reports.Runs;

namespace SimServe.Cli.RealRuns;

/// <summary>What <c>run</c> found.</summary>
/// <param name="Run">The run's numbers.</param>
/// <param name="Facts">What else the reader must know.</param>
/// <param name="Floor">What steps took against the least they could take, or <c>null</c> when none was taken.</param>
/// <param name="Faults">Devices that failed, in words.</param>
/// <param name="CacheMessages">What there was to say of recordings' files, in words.</param>
internal sealed record RealRunOutcome(RunSummary Run, RunFacts Facts, StepFloor? Floor, IReadOnlyList<string> Faults, IReadOnlyList<string> CacheMessages);
