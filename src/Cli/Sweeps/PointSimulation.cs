using SimServe.Cli.Simulations;
using SimServe.Policies.Routing;
using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Sweeps;

/// <summary>Runs one point of a sweep: the only place where sweeps touch the simulator.</summary>
internal sealed class PointSimulation(SimulatedScenario scenario)
{
    public int Seed => scenario.Scenario.Seed;

    // In any unit: most of a run is decisions, one for each request, and routers look at every worker, some of them at its future.
    public double Effort => (double)scenario.Scenario.Workload.Requests * (8 + scenario.Scenario.Fleet.Workers) * DecisionEffort(scenario.Scenario.Policies.Routing);

    public IReadOnlyList<string> Provenance => scenario.Provenance;

    public static PointSimulation Read(string scenarioFile, IReadOnlyList<string> settings, string? profile) =>
        new(SimulatedScenario.Read(scenarioFile, settings, profile));

    public SweepSample Run(int seed, CancellationToken cancellation)
    {
        var simulation = scenario.Simulation(scenario.Scenario.Policies, seed, ThreadPlanners.Mine, out var fitted);
        var metrics = MeteredRun.Of(simulation, scenario.Source(seed), scenario.Scenario.Workload.Requests, cancellation);
        return SweepSample.Of(new SweepRun(metrics, scenario.Scenario.Fleet.Workers) { DollarsPerHour = scenario.DollarsPerHour }, fitted?.Extrapolated ?? []);
    }

    private static double DecisionEffort(string routing) => routing switch
    {
        MaskAware.Name => 3,
        ShortestWork.Name => 2,
        _ => 1,
    };
}
