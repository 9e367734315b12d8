using System.Reflection;
using SimServe.Cli.Comparison;
using SimServe.Cli.Plots;
using SimServe.Cli.Reports;
using SimServe.GpuBackend.Devices;
using SimServe.Policies;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Serving;
using SimServe.Simulator;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Metrics.Objectives;
using SimServe.Simulator.Metrics.WarmUps;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Reports.Runs;

namespace SimServe.Cli.Simulations;

/// <summary>Simulates a scenario, and leaves the files of the run.</summary>
internal sealed class SimulationJob(SimulatedScenario scenario, SimulationRequest request, CancellationToken cancellation)
{
    private readonly int _seed = request.Seed ?? scenario.Scenario.Seed;

    public SimulationOutcome Run(RunFolder folder)
    {
        using var files = new RunFiles(folder, new RunFilesOptions { Decisions = request.Decisions });
        var window = new SegmentWindow(Instant.Start);
        var (clock, digest) = (new WallClock(), Digest(scenario.Scenario.Policies));
        var (streamed, fitted) = Stream(scenario.Scenario.Policies, _seed, null, digest, files, window);
        var wall = clock.Now.TotalSeconds;
        var summary = digest.Complete(streamed.End.At);
        var facts = Facts(streamed.Events);
        files.Complete(summary, facts);
        ReportFiles.Write(folder, RunReport.Of(summary, facts, window, request.Goal), request.Plots);
        var replications = request.Replications > 1 ? Replicate(summary) : null;
        if (replications is not null)
        {
            SummaryFile.Write(folder, summary, facts, replications);
        }

        var baseline = request.Baseline ? Baseline() : null;
        return new SimulationOutcome(
            summary,
            facts,
            replications,
            baseline,
            [.. streamed.End.Faults.Select(static fault => $"{fault.Device} failed at {fault.At}: {fault.Reason}")],
            [.. fitted?.Extrapolated ?? []],
            wall);
    }

    private RunSummary Baseline()
    {
        var digest = Digest(scenario.Scenario.Baseline);
        return digest.Complete(Stream(scenario.Scenario.Baseline, _seed, null, digest).Streamed.End.At);
    }

    // Replications differ in their seeds; the first is the run under study.
    private ReplicatedMetrics Replicate(RunSummary first)
    {
        var runs = new RunSummary[request.Replications];
        runs[0] = first;
        var options = new ParallelOptions { MaxDegreeOfParallelism = request.Threads, CancellationToken = cancellation };
        Parallel.For(1, runs.Length, options, replication =>
        {
            var digest = Digest(scenario.Scenario.Policies);
            runs[replication] = digest.Complete(
                Stream(scenario.Scenario.Policies, ComparisonJob.SeedOf(_seed, replication), ThreadPlanners.Mine, digest).Streamed.End.At);
        });
        return ReplicatedMetrics.Of(runs);
    }

    private (StreamedResult Streamed, FittedCostModel? Fitted) Stream(PolicyOptions policies, int seed, PlannerPool? planners, params IRunObserver[] observers)
    {
        var simulation = scenario.Simulation(policies, seed, planners, out var fitted) with
        {
            CutOff = request.CutOffSeconds is { } seconds ? Instant.FromSeconds(seconds) : null,
        };
        return (simulation.Stream(scenario.Source(seed), new RunObservers(observers), cancellation), fitted);
    }

    private RunDigest Digest(PolicyOptions policies) => new(new RunDigestOptions
    {
        WarmUp = request.WarmUp > 0 ? WarmUp.Share(request.WarmUp, scenario.Scenario.Workload.Requests) : WarmUp.None,
        Rates = scenario.Rates,
        Alone = request.SloScale is null ? null : Alone(policies),
        SloScale = request.SloScale ?? 1,
        PurposefulWait = policies.MaxWait,
    });

    // On the first worker's device, with nobody else in the batch and everything at hand.
    private AloneLatency Alone(PolicyOptions policies)
    {
        var simulation = scenario.Simulation(policies, _seed, null, out _);
        var costs = simulation.Fleet.Workers[0].Costs;
        var planner = new StepPlanner(simulation.Model, costs, PolicyCatalogue.CreatePipeline(policies.Pipeline));
        var around = costs.Encode + costs.Decode;
        return (in Request asked) => around + new TimeSpan(asked.Steps * planner.StepTime(1, asked.Mask.MaskedTokens).Ticks);
    }

    private RunFacts Facts(long events) => new()
    {
        Scenario = scenario.Scenario.Name,
        Seed = _seed,
        Events = events,
        Tool = $"simserve {typeof(SimulationJob).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}",
        CostProvenance = string.Join("; ", scenario.Provenance),
        Policies = ValidationTables.Describe(scenario.Scenario.Policies),
    };
}
