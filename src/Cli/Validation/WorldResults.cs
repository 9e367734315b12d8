using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Images;
using SimServe.Policies;
using SimServe.Policies.Caches;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Replays;

namespace SimServe.Cli.Validation;

/// <summary>One set of policies in both worlds.</summary>
internal sealed record WorldResults(
    PolicyOptions Policies,
    ServingResult Simulated,
    DecisionLog SimulatedDecisions,
    ServingResult Measured,
    DecisionLog MeasuredDecisions,
    IReadOnlyDictionary<RequestId, RgbImage> Images,
    StepFloor? Floor,
    ReplayAgreement Replay)
{
    public required PacedResults AtPace { get; init; }

    // Null where nothing happens to templates' caches.
    public TemplateCacheUse? SimulatedCaches { get; init; }

    public TemplateCacheUse? MeasuredCaches { get; init; }

    public RunMetrics SimulatedMetrics { get; } = RunMetrics.Of(Simulated);

    public RunMetrics MeasuredMetrics { get; } = RunMetrics.Of(Measured);
}
