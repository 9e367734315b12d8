using System.Reflection;
using SimServe.Cli.Comparison;
using SimServe.Cli.Plots;
using SimServe.Cli.Reports;
using SimServe.Cli.Terminals;
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
internal sealed class SimulationJob(SimulatedScenario scenario, SimulationRequest request, Terminal terminal, CancellationToken cancellation)
{
    public static string Tool { get; } =
        $"simserve {typeof(SimulationJob).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}";

    private PolicyOptions Policies => scenario.Scenario.Policies;

    private int Seed => scenario.Scenario.Seed;

    public SimulationOutcome Run(RunFolder folder)
    {
        using var files = new RunFiles(folder, new RunFilesOptions { Decisions = request.Decisions });
        var window = new SegmentWindow(Instant.Start);
        var (clock, digest) = (new WallClock(), Digest(Policies));
        var (streamed, fitted) = Studied(digest, files, window);
        var wall = clock.Now.TotalSeconds;
        var summary = digest.Complete(streamed.End.At) with { Caches = streamed.Caches };
        var facts = Facts(streamed.Events);
        files.Complete(summary, facts);
        ReportFiles.Write(folder, RunReport.Of(summary, facts, window, request.Goal), request.Plots);
        folder.WriteJson("resolved-scenario.json", ValidationFiles.Resolved(scenario.Scenario));
        var (replications, baseline) = Further(folder, summary, facts);
        return new SimulationOutcome(
            summary,
            facts,
            replications,
            baseline,
            [.. streamed.End.Faults.Select(static fault => $"{fault.Device} failed at {fault.At}: {fault.Reason}")],
            [.. fitted?.Extrapolated ?? []],
            wall);
    }

    private (StreamedResult Streamed, FittedCostModel? Fitted) Studied(params IRunObserver[] observers)
    {
        try
        {
            return Watched("simulating", Policies, observers);
        }
        catch (OperationCanceledException)
        {
            terminal.Complain("The run had not ended: nothing of it is kept.");
            throw;
        }
    }

    // What is added to a run that has ended, and whose files are there.
    private (ReplicatedMetrics? Replications, RunSummary? Baseline) Further(RunFolder folder, RunSummary first, RunFacts facts)
    {
        try
        {
            var replications = request.Replications > 1 ? Replicate(first) : null;
            if (replications is not null)
            {
                SummaryFile.Write(folder, first, facts, replications);
            }

            return (replications, request.Baseline ? Baseline() : null);
        }
        catch (OperationCanceledException)
        {
            terminal.Complain($"The run had ended: its files are kept in {folder.Location}. What was to be added to it, replications or the baseline, is left out where it had not ended.");
            throw;
        }
    }

    private RunSummary Baseline()
    {
        var digest = Digest(scenario.Scenario.Baseline);
        return digest.Complete(Watched("baseline", scenario.Scenario.Baseline, digest).Streamed.End.At);
    }

    // Replications differ in their seeds; the first is the run under study.
    private ReplicatedMetrics Replicate(RunSummary first)
    {
        var runs = new RunSummary[request.Replications];
        runs[0] = first;
        var options = new ParallelOptions { MaxDegreeOfParallelism = request.Threads, CancellationToken = cancellation };
        return ConsoleProgress.ShowIfWatched(terminal, "replications", report =>
        {
            var done = 1;
            Parallel.For(1, runs.Length, options, replication =>
            {
                var (digest, seed) = (Digest(Policies), ComparisonJob.SeedOf(Seed, replication));
                runs[replication] = digest.Complete(Stream(Policies, seed, scenario.Source(seed), digest).Streamed.End.At);
                var ended = Interlocked.Increment(ref done);
                report?.Invoke((double)ended / runs.Length, $"{ended} of {runs.Length}");
            });
            return ReplicatedMetrics.Of(runs);
        });
    }

    private (StreamedResult Streamed, FittedCostModel? Fitted) Watched(string phase, PolicyOptions policies, params IRunObserver[] observers) =>
        ConsoleProgress.ShowIfWatched(terminal, phase, report =>
        {
            var source = scenario.Source(Seed);
            var watched = report is null ? source : new WatchedSource(source, scenario.Scenario.Workload.Requests, request.CutOffSeconds, report);
            return Stream(policies, Seed, watched, observers);
        });

    private (StreamedResult Streamed, FittedCostModel? Fitted) Stream(PolicyOptions policies, int seed, IRequestSource source, params IRunObserver[] observers)
    {
        var simulation = scenario.Simulation(policies, seed, ThreadPlanners.Mine, out var fitted) with
        {
            CutOff = request.CutOffSeconds is { } seconds ? Instant.FromSeconds(seconds) : null,
        };
        return (simulation.Stream(source, new RunObservers(observers), cancellation), fitted);
    }

    private RunDigest Digest(PolicyOptions policies) => new(new RunDigestOptions
    {
        WarmUp = request.WarmUp > 0 ? WarmUp.Share(request.WarmUp, scenario.Scenario.Workload.Requests) : WarmUp.None,
        Rates = scenario.Rates,
        GpusPerWorker = scenario.GpusPerWorker,
        Alone = request.SloScale is null ? null : Alone(policies),
        SloScale = request.SloScale ?? 1,
        PurposefulWait = policies.MaxWait,
        GpusBeside = scenario.GpusBeside,
    });

    // On the first worker's device, with nobody else in the batch and everything at hand.
    private AloneLatency Alone(PolicyOptions policies)
    {
        var simulation = scenario.Simulation(policies, Seed, ThreadPlanners.Mine, out _);
        var costs = simulation.Fleet.Workers[0].Costs;
        var planner = (simulation.Planners ?? new PlannerPool()).Get(simulation.Model, costs, policies.Pipeline);
        return (in Request asked) =>
        {
            var (sized, times) = (costs.At(simulation.Model.At(asked.Mask.Grid)), planner.For(asked.Mask.Grid));
            return sized.Encode + sized.Decode + new TimeSpan(asked.Steps * times.StepTime(1, asked.Mask.MaskedTokens).Ticks);
        };
    }

    private RunFacts Facts(long events) => new()
    {
        Scenario = scenario.Scenario.Name,
        Seed = Seed,
        Events = events,
        Tool = Tool,
        CostProvenance = string.Join("; ", scenario.Provenance),
        Policies = ValidationTables.Describe(scenario.Scenario.Policies, scenario.Scenario.Cache),
    };
}
