using SimServe.Cli.Reports;
using SimServe.Cli.Validation;
using SimServe.Policies.Profiles;
using SimServe.Simulator;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Sweeps;

/// <summary>Runs one point of a sweep: the only place where sweeps touch the simulator.</summary>
internal sealed class PointSimulation(ScenarioFiles files, DeviceProfile profile)
{
    public int Seed => files.Scenario.Seed;

    // In any unit: most of a run is decisions, one for each request, and routers look at every worker.
    public double Effort => (double)files.Scenario.Workload.Requests * (8 + files.Scenario.Fleet.Workers);

    // The pictures themselves are checked and let go: a grid would hold thousands of copies.
    public static PointSimulation Read(string scenarioFile, IReadOnlyList<string> settings, DeviceProfile profile)
    {
        var files = ScenarioFiles.Read(scenarioFile, settings) with { Templates = [] };
        return profile.Model == files.Model.Name
            ? new PointSimulation(files, profile)
            : throw new InvalidInputException(scenarioFile, [new InputFault(
                "profile", $"a profile of \"{profile.Model}\"", $"a profile of \"{files.Model.Name}\", the scenario's model", "Give another profile.")]);
    }

    public SweepSample Run(int seed, CancellationToken cancellation)
    {
        var scenario = files.Scenario with { Seed = seed };
        var model = files.Model.ToShape();

        // One for each run: it notes what it was asked, and runs are simultaneous.
        var costs = new FittedCostModel(profile, model);
        var simulation = new Simulation
        {
            Model = model,
            Fleet = SimulatedFleet.Of(profile.Device, costs, scenario.Fleet.Workers) with { Host = scenario.Fleet.Host },
            Policies = scenario.Policies,
            WarmTemplates = scenario.Fleet.WarmTemplates,
            Faults = scenario.Faults,
        };
        var metrics = RunMetrics.Of(SimulatedRun.Of(simulation, scenario, files, null, cancellation));
        return SweepSample.Of(new SweepRun(metrics, scenario.Fleet.Workers), costs.Extrapolated);
    }
}
