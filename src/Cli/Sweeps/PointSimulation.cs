using SimServe.Cli.Validation;
using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;
using SimServe.Policies.Profiles;
using SimServe.Simulator;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Sweeps;

/// <summary>Runs one point of a sweep: the only place where sweeps touch the simulator.</summary>
internal sealed class PointSimulation(Scenario scenario, FluxConfig model, IReadOnlyList<EditMask> editMasks, DeviceProfile profile)
{
    public int Seed => scenario.Seed;

    // In any unit: most of a run is decisions, one for each request, and routers look at every worker.
    public double Effort => (double)scenario.Workload.Requests * (8 + scenario.Fleet.Workers);

    // The pictures themselves are checked and let go: a grid would hold thousands of copies.
    public static PointSimulation Read(string scenarioFile, IReadOnlyList<string> settings, DeviceProfile profile)
    {
        var files = ScenarioFiles.Read(scenarioFile, settings);
        return profile.Model == files.Model.Name
            ? new PointSimulation(files.Scenario, files.Model, files.EditMasks, profile)
            : throw new InvalidInputException(scenarioFile, [new InputFault(
                "profile", $"a profile of \"{profile.Model}\"", $"a profile of \"{files.Model.Name}\", the scenario's model", "Give another profile.")]);
    }

    public SweepSample Run(int seed, CancellationToken cancellation)
    {
        var seeded = scenario with { Seed = seed };
        var shape = model.ToShape();

        // One for each run: it notes what it was asked, and runs are simultaneous.
        var costs = new FittedCostModel(profile, shape);
        var serving = new Simulation
        {
            Model = shape,
            Device = profile.Device,
            Costs = [.. Enumerable.Repeat(costs, seeded.Fleet.Workers)],
            Policies = seeded.Policies,
            Requests = ScenarioWorkload.Build(seeded, model.Grid, editMasks),
            WarmTemplates = seeded.Fleet.WarmTemplates,
            Failures = seeded.FailureTimes(),
        }.Run(null, cancellation).Serving;
        return SweepSample.Of(new SweepRun(RunMetrics.Of(serving), seeded.Fleet.Workers), costs.Extrapolated);
    }
}
