using SimServe.GpuBackend.Training.Quality;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Profiles;
using SimServe.Policies.Serving;
using SimServe.Simulator;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Suites;
using SimServe.Simulator.Telemetry;

namespace SimServe.Cli.Validation;

/// <summary>Profiles the device, simulates the workload, serves it on real workers with the same policies, and compares.</summary>
/// <param name="files">The scenario.</param>
/// <param name="given">A profile that was measured before, or <c>null</c> to measure one.</param>
/// <param name="progress">Told how far it is.</param>
/// <param name="cancellation">Ends it early.</param>
internal sealed class ValidationJob(ScenarioFiles files, DeviceProfile? given, IValidationProgress progress, CancellationToken cancellation)
{
    private const int Shown = 6;

    // Of the time for a profile, what goes to the machine's pace before and after each of the two runs.
    private const double PaceShare = 0.4;

    private readonly Scenario _scenario = files.Scenario;

    public ValidationOutcome Run()
    {
        using var world = new RealWorld(files, given);
        using var features = FeatureDistance.Beside(_scenario.Model);
        var profile = world.Prepare(progress, cancellation);
        var costs = new FittedCostModel(profile, world.Shape);
        var requests = ScenarioWorkload.Build(_scenario, files.Model.Grid, files.EditMasks);
        var studied = RunBothWorlds(_scenario.Policies, "", world, profile, costs, requests);
        var baseline = RunBothWorlds(_scenario.Baseline, "baseline ", world, profile, costs, requests);
        return new ValidationOutcome
        {
            Files = files,
            Torch = world.Torch,
            Profile = profile,
            Costs = costs,
            ServedCosts = world.Served(costs),
            Shape = world.Shape,
            Requests = requests,
            Studied = studied,
            Baseline = baseline,
            Agreement = DecisionAgreement.Compare(
                studied.SimulatedDecisions, studied.MeasuredDecisions),
            Difference = ImageDifference.Of(studied.Images, baseline.Images, features),
            ShownEdits = [.. requests.Take(Shown).Select(request => new ShownEdit(
                files.Templates[request.Template.Value].Image,
                request.Mask.Pixels,
                request.Prompt,
                ShownImage.Of(baseline, request.Id),
                ShownImage.Of(studied, request.Id),
                world.Crop(request)))],
        };
    }

    private WorldResults RunBothWorlds(
        PolicyOptions policies, string name, RealWorld world, DeviceProfile profile, FittedCostModel costs, IReadOnlyList<Request> requests)
    {
        var (simulatedDecisions, measuredDecisions, recording) = (new DecisionLog(), new DecisionLog(), new RunRecording());
        var simulated = progress.Show($"simulating the {name}workload", report =>
            Watch(requests.Count, report, simulatedDecisions, observer => Simulate(world, policies, profile, costs, requests, 1).Run(observer, cancellation)));
        var before = Pace(world, policies, profile, name);
        var measured = progress.Show($"serving the {name}workload on {_scenario.Fleet.Workers} workers", report =>
            Watch(requests.Count, report, measuredDecisions, observer =>
                world.Serve(world.Run with { Recording = recording }, _scenario.Fleet, world.Setup(policies, costs), requests, observer, cancellation)));
        var after = Pace(world, policies, profile, name);
        return new WorldResults(
            policies, simulated.Serving, simulatedDecisions, measured.Serving, measuredDecisions, measured.Images, measured.Floor, world.Replay(_scenario, world.Setup(policies, costs), requests, recording, measured.Serving, new DecisionLog()))
        {
            AtPace = new PacedResults(before, after, RunMetrics.Of(Simulate(world, policies, profile, costs, requests, PaceError.PaceBetween(before, after)).Run(cancellation: cancellation).Serving)),
            SimulatedCaches = simulated.Caches,
            MeasuredCaches = world.CachesOf(measured),
        };
    }

    private double Pace(RealWorld world, PolicyOptions policies, DeviceProfile profile, string name) => progress.Show($"measuring the pace around the {name}workload", report =>
    {
        var pace = world.Calibration.Pace(profile, policies.Pipeline, _scenario.ProfileSeconds * PaceShare, cancellation);
        report(1);
        return pace;
    });

    private Simulation Simulate(RealWorld world, PolicyOptions policies, DeviceProfile profile, ICostModel costs, IReadOnlyList<Request> requests, double pace) => new()
    {
        Model = world.Shape,
        Fleet = world.Fleet(profile, costs) with { ComputeFactor = pace },
        Policies = policies,
        Requests = requests,
        WarmTemplates = _scenario.Fleet.WarmTemplates,
        Faults = _scenario.Faults,
    };

    private static T Watch<T>(int requests, Action<double> report, DecisionLog decisions, Func<IRunObserver, T> run)
    {
        using var telemetry = new RunTelemetry();
        var finished = 0;
        using var subscription = telemetry.Finished.Subscribe(_ => report((double)++finished / requests));
        return run(new RunObservers(decisions, telemetry));
    }
}
