using SimServe.Cli.Reports;
using SimServe.Cli.Simulations;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Sweeps;

/// <summary>Runs one point of a sweep: the only place where sweeps touch the simulator.</summary>
internal sealed class PointSimulation(SimulatedScenario scenario)
{
    public int Seed => scenario.Scenario.Seed;

    // In any unit: most of a run is decisions, one for each request, and routers look at every worker.
    public double Effort => (double)scenario.Scenario.Workload.Requests * (8 + scenario.Scenario.Fleet.Workers);

    public IReadOnlyList<string> Provenance => scenario.Provenance;

    public static PointSimulation Read(string scenarioFile, IReadOnlyList<string> settings, string? profile) =>
        new(SimulatedScenario.Read(scenarioFile, settings, profile));

    public SweepSample Run(int seed, CancellationToken cancellation)
    {
        var simulation = scenario.Simulation(scenario.Scenario.Policies, seed, ThreadPlanners.Mine, out var fitted);
        var serving = SimulatedRun.Of(simulation, scenario.Source(seed), cancellation);
        var run = new SweepRun(RunMetrics.Of(serving), scenario.Scenario.Fleet.Workers)
        {
            Attainment = Attainment(serving),
            DollarsPerHour = scenario.DollarsPerHour,
        };
        return SweepSample.Of(run, fitted?.Extrapolated ?? []);
    }

    // Of the requests that were promised something; null where nobody was.
    private static double? Attainment(ServingResult run)
    {
        var (promised, kept) = (0, 0);
        foreach (var record in run.Records)
        {
            if (record.Request.Deadline is { } deadline)
            {
                promised++;
                kept += record.Outcome == RequestOutcome.Completed && record.FinishedAt <= deadline ? 1 : 0;
            }
        }

        return promised == 0 ? null : (double)kept / promised;
    }
}
