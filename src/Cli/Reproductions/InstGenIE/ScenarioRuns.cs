using System.Globalization;
using SimServe.Cli.Comparison;
using SimServe.Cli.Simulations;
using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>Simulates the experiment's scenarios with changed settings, as <c>simserve simulate --set</c> would.</summary>
internal sealed class ScenarioRuns(ExperimentContext context, ConstantBook constants)
{
    private readonly Dictionary<string, SimulatedNumbers> _known = new(StringComparer.Ordinal);

    /// <summary>Writes the profiles that the scenarios run on into the results.</summary>
    public void WriteProfiles()
    {
        foreach (var name in PublishedProfiles.Names)
        {
            var profile = PublishedProfiles.Of(name, constants);
            var model = name is PublishedProfiles.FluxKeysValues or PublishedProfiles.FluxOutputs ? PublishedProfiles.FluxShape : PublishedProfiles.OotdShape;
            context.Output.WriteJson(FileOf(name), ProfileFile.Of(profile, new FittedCostModel(profile, model)));
        }
    }

    /// <summary>Simulates a scenario several times.</summary>
    /// <param name="scenario">Name of its file without ending.</param>
    /// <param name="profile">Name of the profile.</param>
    /// <param name="settings">Values in place of the file's.</param>
    public SimulatedNumbers Of(string scenario, string profile, params string[] settings)
    {
        var key = string.Join('|', [scenario, profile, .. settings]);
        if (!_known.TryGetValue(key, out var numbers))
        {
            _known.Add(key, numbers = Simulate(scenario, profile, settings));
        }

        return numbers;
    }

    /// <summary>A setting with a number.</summary>
    public static string Set(string path, double value) => string.Create(CultureInfo.InvariantCulture, $"{path}={value}");

    private static string FileOf(string profile) => $"profiles/{profile}.json";

    private SimulatedNumbers Simulate(string scenario, string profile, string[] settings)
    {
        var simulated = SimulatedScenario.Read(
            Path.Combine(context.Folder, "scenarios", $"{scenario}.json"), [.. Constants(), .. settings], Path.Combine(context.Output.Location, FileOf(profile)));
        var runs = new IReadOnlyList<RequestRecord>[context.Replications];
        Parallel.For(0, runs.Length, new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation }, run => runs[run] = Run(simulated, run));
        return Summarise(runs);
    }

    // The scenario files say the same for those who simulate them by themselves; here the constants rule.
    private string[] Constants() =>
    [
        Set("fleet.cpu.decisionSeconds", constants["overhead.decisionSeconds"]),
        Set("fleet.cpu.assemblySeconds", constants["overhead.assemblySeconds"]),
        Set("fleet.cpu.serialisationSeconds", constants["overhead.serialisationSeconds"]),
        Set("fleet.cpu.transferSeconds", constants["overhead.transferSeconds"]),
        Set("fleet.cpu.preprocessingSeconds", constants["prepost.seconds"]),
        Set("fleet.cpu.postprocessingSeconds", constants["prepost.seconds"]),
    ];

    private RequestRecord[] Run(SimulatedScenario simulated, int run)
    {
        var seed = ComparisonJob.SeedOf(simulated.Scenario.Seed, run);
        var collector = new RunCollector();
        var simulation = simulated.Simulation(simulated.Scenario.Policies, seed, planners: null, out _);
        var streamed = simulation.Stream(simulated.Source(seed), collector, context.Cancellation);
        return [.. collector.Close(streamed.End).Records.Skip((int)constants["trace.warmUpRequests"]).Where(static record => record.Outcome == RequestOutcome.Completed)];
    }

    private static SimulatedNumbers Summarise(IReadOnlyList<RequestRecord>[] runs) => new()
    {
        MeanLatency = Over(runs, static record => Seconds(record.ArrivedAt, record.FinishedAt), static latencies => latencies.Mean),
        P95Latency = Over(runs, static record => Seconds(record.ArrivedAt, record.FinishedAt), static latencies => latencies.P95),
        P95Inference = Over(runs, static record => Seconds(record.JoinedAt!.Value, record.DenoisedAt!.Value), static times => times.P95),
        MeanQueue = Over(runs, static record => Seconds(record.ReadyAt!.Value, record.JoinedAt!.Value), static waits => waits.Mean),
        CacheWaits = Over(runs, static record => record.CacheWait > TimeSpan.Zero ? 1 : 0, static waits => waits.Mean),
        MedianInterruptions = Over(runs, static record => record.Interruptions, static times => times.P50),
        P95Interruptions = Over(runs, static record => record.Interruptions, static times => times.P95),
    };

    private static Distribution Over(IReadOnlyList<RequestRecord>[] runs, Func<RequestRecord, double> of, Func<Distribution, double> statistic) =>
        Distribution.Of([.. runs.Select(run => statistic(Distribution.Of([.. run.Select(of)])))]);

    private static double Seconds(Instant from, Instant to) => (to - from).TotalSeconds;
}
