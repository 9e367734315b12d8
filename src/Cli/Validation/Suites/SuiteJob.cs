using SimServe.Cli.Comparison;
using SimServe.Policies;
using SimServe.Policies.Profiles;
using SimServe.Policies.Serving;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Replays;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Suites;

namespace SimServe.Cli.Validation.Suites;

/// <summary>Runs every case of a suite on real devices, and predicts it.</summary>
/// <param name="files">The suite.</param>
/// <param name="given">A profile that was measured before, or <c>null</c> to measure one.</param>
/// <param name="progress">Told how far it is.</param>
/// <param name="cancellation">Ends it early.</param>
/// <param name="earlier">Results that the profile predicted before: their cases are kept, only others are run. <c>null</c> to run all.</param>
internal sealed class SuiteJob(SuiteFiles files, DeviceProfile? given, IValidationProgress progress, CancellationToken cancellation, SuiteResults? earlier = null)
{
    private sealed record Measured(Scenario Scenario, double Before, double After, double Own, SuiteMetrics<double> Metrics, ReplayAgreement Replay, LatencyParts Parts, IReadOnlyList<TermError> Steps, double Seconds)
    {
        public double Pace => PaceError.PaceBetween(Before, After);
    }

    public (SuiteResults Results, DeviceProfile Profile, FittedCostModel Costs) Run()
    {
        using var world = new RealWorld(files.Base, given);
        var profile = world.Prepare(progress, cancellation);
        var predictor = new CasePredictor(world.Shape, profile, files.Base.EditMasks);
        var measured = new List<(string Name, IReadOnlyList<Measured> Runs)>();
        var left = files.Cases.Where(one => Kept(one.Case.Name) is null).ToArray();
        foreach (var (one, scenario) in left)
        {
            measured.Add((one.Name, progress.Show($"{one.Name} ({measured.Count + 1} of {left.Length})", report => Measure(world, profile, predictor, one, scenario.Scenario, report))));
        }

        var runs = measured.SelectMany(static one => one.Runs).ToArray();
        var error = earlier?.PaceError ?? PaceError.Of([.. runs.Select(static run => (run.Before, run.After))], files.Suite.PaceSeconds / runs.Average(static run => run.Seconds));
        var results = new SuiteResults
        {
            Suite = files.Suite.Name,
            Date = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime),
            Environment = files.Base.Serving.Environment,
            Profile = ProfileFile.SealOf(profile),
            Bounds = files.Suite.Bounds,
            PaceError = error,
            Cases = progress.Show("predicting", _ => InOrder(measured.Select(one => Predict(predictor, one.Name, one.Runs, error)).ToArray())),
        };
        return (results, profile, predictor.Costs);
    }

    private CaseResult? Kept(string name) => earlier?.Cases.FirstOrDefault(one => one.Name == name);

    // Of the suite's cases, each from where it was measured.
    private CaseResult[] InOrder(CaseResult[] measured) =>
        [.. files.Cases.Select(one => Kept(one.Case.Name) ?? measured.Single(other => other.Name == one.Case.Name))];

    // The pace after a repetition is the pace before the next.
    private List<Measured> Measure(RealWorld world, DeviceProfile profile, CasePredictor predictor, SuiteCase one, Scenario scenario, Action<double> report)
    {
        var loaded = one.Load is { } load ? scenario with { Workload = scenario.Workload with { RatePerSecond = predictor.RateAt(scenario, load) } } : scenario;
        var runs = new List<Measured>();
        var before = Pace(world, profile, loaded);
        for (var repetition = 0; repetition < files.Suite.Repetitions; repetition++)
        {
            var seed = ComparisonJob.SeedOf(loaded.Seed, repetition);
            var run = loaded with { Seed = seed, Policies = loaded.Policies with { Seed = seed } };
            var (served, metrics, replay, steps) = Serve(world, predictor, run);
            var after = Pace(world, profile, loaded);
            var share = new ServedSteps(world.Shape, predictor.Costs, served.Segments, profile.ComputeShares).MeanShare;
            runs.Add(new Measured(run, before, after, steps.Pace(share), metrics, replay, LatencyParts.Of(served), steps.Close(PaceError.PaceBetween(before, after) * share, RunMetrics.Of(served).Completed), served.EndedAt.TotalSeconds));
            before = after;
            report((repetition + 1.0) / files.Suite.Repetitions);
        }

        return runs;
    }

    private double Pace(RealWorld world, DeviceProfile profile, Scenario scenario) =>
        world.Calibration.Pace(profile, scenario.Policies.Pipeline, files.Suite.PaceSeconds, cancellation);

    private (ServingResult Served, SuiteMetrics<double> Metrics, ReplayAgreement Replay, StepMeter Steps) Serve(RealWorld world, CasePredictor predictor, Scenario scenario)
    {
        var requests = ScenarioWorkload.Build(scenario, world.Shape.Grid, files.Base.EditMasks);
        var (recording, steps) = (new RunRecording(), new StepMeter(world.Shape, predictor.Costs));
        var real = world.Run with
        {
            Workers = scenario.Fleet.Workers,
            Faults = scenario.Faults,
            CacheHosts = Math.Max(1, scenario.Fleet.Host.CacheHosts),
            Recording = recording,
            Traced = steps.Add,
        };
        var served = world.Serve(real, scenario.Fleet, Setup(world, predictor, scenario), requests, null, cancellation).Serving;
        var replay = world.Replay(scenario, Setup(world, predictor, scenario), requests, recording, served);
        return (served, SuiteMetrics.Of(RunMetrics.Of(served)), replay, steps);
    }

    private static ServingSetup Setup(RealWorld world, CasePredictor predictor, Scenario scenario) =>
        PolicyCatalogue.CreateSetup(scenario.Policies, world.Shape, [.. Enumerable.Repeat(predictor.Costs, scenario.Fleet.Workers)]);

    private CaseResult Predict(CasePredictor predictor, string name, IReadOnlyList<Measured> runs, double error)
    {
        var repetitions = runs.Select(run => new RepetitionResult(
            run.Scenario.Seed,
            run.Before,
            run.After,
            predictor.Predict(run.Scenario, run.Pace, error),
            run.Own,
            predictor.Expect(run.Scenario, run.Own),
            run.Metrics,
            run.Replay.Steps,
            run.Replay.Agreed,
            run.Replay.Divergence)).ToArray();
        var terms = runs.Select(run =>
        {
            var requests = ScenarioWorkload.Build(run.Scenario, files.Base.Model.Grid, files.Base.EditMasks);
            var simulated = predictor.Simulation(run.Scenario, requests, run.Pace, 0).Run().Serving;
            return LatencyParts.Compare(LatencyParts.Of(simulated), run.Parts, run.Steps);
        }).ToArray();
        return new CaseResult(name, runs[0].Scenario.Workload.RatePerSecond, Mean(terms), repetitions);
    }

    private static TermError[] Mean(IReadOnlyList<TermError>[] runs) =>
    [
        .. runs.SelectMany(static terms => terms).GroupBy(static term => term.Term).Select(term =>
            new TermError(term.Key, term.Sum(static one => one.Predicted) / runs.Length, term.Sum(static one => one.Measured) / runs.Length)),
    ];
}
