using SimServe.Cli.Profiling;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Profiling;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Profiles;
using SimServe.Policies.Serving;
using SimServe.Simulator;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Telemetry;

namespace SimServe.Cli.Validation;

/// <summary>Profiles the device, simulates the workload, serves it on real workers with the same policies, and compares.</summary>
/// <param name="files">The scenario.</param>
/// <param name="given">A profile that was measured before, or <c>null</c> to measure one.</param>
/// <param name="progress">Told how far it is.</param>
/// <param name="cancellation">Ends it early.</param>
internal sealed class ValidationJob(ScenarioFiles files, DeviceProfile? given, IValidationProgress progress, CancellationToken cancellation)
{
    private const long WeightsSeed = 1;

    private readonly Scenario _scenario = files.Scenario;
    private readonly ModelShape _shape = files.Model.ToShape();

    public ValidationOutcome Run()
    {
        var torch = LibTorch.Load();
        using var model = new FluxModel(files.Model, WeightsSeed);
        using var templates = new TemplateStore(files.Templates);
        var device = given?.Device ?? CpuProbe.Spec(_scenario.Fleet.LinkBytesPerSecond);
        var real = new RealRun
        {
            Model = model,
            Templates = templates,
            Device = device,
            Workers = _scenario.Fleet.Workers,
            Steps = _scenario.Steps,
            Faults = _scenario.Faults,
            CacheHosts = _scenario.Fleet.Host.CacheHosts,
        };
        var profile = ProfileOf(real with { Faults = [] });
        var costs = new FittedCostModel(profile, _shape);
        var requests = ScenarioWorkload.Build(_scenario, files.Model.Grid, files.EditMasks);
        var studied = RunBothWorlds(_scenario.Policies, "", real, profile, costs, requests);
        var baseline = RunBothWorlds(_scenario.Baseline, "baseline ", real, profile, costs, requests);
        return new ValidationOutcome
        {
            Files = files,
            Torch = torch,
            Profile = profile,
            Costs = costs,
            Requests = requests,
            Studied = studied,
            Baseline = baseline,
            Agreement = DecisionAgreement.Compare(
                studied.SimulatedDecisions, studied.MeasuredDecisions, Setup(_scenario.Policies, costs).Routing),
            Difference = ImageDifference.Of(studied.Images, baseline.Images),
        };
    }

    private DeviceProfile ProfileOf(RealRun real)
    {
        var calibration = new DeviceCalibration(real, files.Templates[0], Math.Max(_scenario.Policies.MaxBatchSize, _scenario.Baseline.MaxBatchSize));
        if (given is null)
        {
            return calibration.Measure(_scenario.ProfileSeconds, progress, cancellation);
        }

        calibration.Record(progress, cancellation);
        return given;
    }

    private WorldResults RunBothWorlds(
        PolicyOptions policies, string name, RealRun real, DeviceProfile profile, FittedCostModel costs, IReadOnlyList<Request> requests)
    {
        var (simulatedDecisions, measuredDecisions) = (new DecisionLog(), new DecisionLog());

        // The profile recorded every template; a run that starts cold gets a store of its own.
        using var cold = _scenario.Fleet.WarmTemplates ? null : new TemplateStore(files.Templates);
        var run = real with { Templates = cold ?? real.Templates };
        var simulated = progress.Show($"simulating the {name}workload", report =>
            Watch(requests.Count, report, simulatedDecisions, observer => Simulate(policies, profile, costs, requests).Run(observer, cancellation).Serving));
        var measured = progress.Show($"serving the {name}workload on {real.Workers} workers", report =>
            Watch(requests.Count, report, measuredDecisions, observer => run.Serve(Setup(policies, costs), requests, observer, cancellation)));
        return new WorldResults(policies, simulated, simulatedDecisions, measured.Serving, measuredDecisions, measured.Images);
    }

    private Simulation Simulate(PolicyOptions policies, DeviceProfile profile, ICostModel costs, IReadOnlyList<Request> requests) => new()
    {
        Model = _shape,
        Fleet = SimulatedFleet.Of(profile.Device, costs, _scenario.Fleet.Workers) with { Host = _scenario.Fleet.Host, ComputeShares = profile.ComputeShares },
        Policies = policies,
        Requests = requests,
        WarmTemplates = _scenario.Fleet.WarmTemplates,
        Faults = _scenario.Faults,
    };

    private ServingSetup Setup(PolicyOptions policies, ICostModel costs) =>
        PolicyCatalogue.CreateSetup(policies, _shape, [.. Enumerable.Repeat(costs, _scenario.Fleet.Workers)]);

    private static T Watch<T>(int requests, Action<double> report, DecisionLog decisions, Func<IRunObserver, T> run)
    {
        using var telemetry = new RunTelemetry();
        var finished = 0;
        using var subscription = telemetry.Finished.Subscribe(_ => report((double)++finished / requests));
        return run(new RunObservers(decisions, telemetry));
    }
}
