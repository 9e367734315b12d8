using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Native;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Profiles;
using SimServe.Policies.Serving;
using SimServe.Simulator.Calibration;

namespace SimServe.Cli.Validation;

/// <summary>Everything a validation found.</summary>
internal sealed record ValidationOutcome
{
    public required ScenarioFiles Files { get; init; }

    public required LibTorchInfo Torch { get; init; }

    public required DeviceProfile Profile { get; init; }

    public required FittedCostModel Costs { get; init; }

    // What planners believed of a worker, of one device or two.
    public required ICostModel ServedCosts { get; init; }

    // The model as a device of a worker computes it.
    public required ModelShape Shape { get; init; }

    public required IReadOnlyList<Request> Requests { get; init; }

    public required WorldResults Studied { get; init; }

    public required WorldResults Baseline { get; init; }

    public required DecisionAgreement Agreement { get; init; }

    public required ImageDifference Difference { get; init; }

    // The first requests, which are those with drawn masks where there are any.
    public required IReadOnlyList<ShownEdit> ShownEdits { get; init; }

    // Every run by its name in files and messages.
    public IReadOnlyList<(string Name, ServingResult Result)> Runs =>
    [
        ("simulated", Studied.Simulated), ("measured", Studied.Measured),
        ("baseline simulated", Baseline.Simulated), ("baseline measured", Baseline.Measured),
    ];

    // Mask-aware editing is only worth its name if it beats the baseline wherever it is run.
    public bool BeatsBaseline =>
        Studied.SimulatedMetrics.Latency.Mean < Baseline.SimulatedMetrics.Latency.Mean
        && Studied.MeasuredMetrics.Latency.Mean < Baseline.MeasuredMetrics.Latency.Mean;

    public EditTemplate TemplateOf(Request request) => Files.Templates[request.Template.Value];

    // What reports call the policies: their pipelines, or where both have one the scenario's keys.
    public string StudiedName => AreNamed ? Studied.Policies.Pipeline : "policies";

    public string BaselineName => AreNamed ? Baseline.Policies.Pipeline : "baseline";

    private bool AreNamed => Studied.Policies.Pipeline != Baseline.Policies.Pipeline;
}
