using SimServe.Policies.Batching;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reproductions;
using static SimServe.Cli.Reproductions.InstGenIE.ScenarioRuns;

namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>Fig. 12: mean latency by load on eight workers, against Diffusers and TeaCache.</summary>
internal static class EndToEndRows
{
    private const double StatedRate = 3;

    // The artifact keeps its first GPU for the coordinator.
    private const int ServingWorkers = 7;

    public static void Add(MeasurementBook book, ScenarioRuns runs, ConstantBook constants)
    {
        var seconds = constants["trace.seconds"];
        var flux = new Curve(runs, "flux-fleet", PublishedProfiles.FluxKeysValues, seconds, [1, 2, 3, 4], Math.Round(constants["flux.steps"] / constants["teacache.flux.speedup"]));
        var ootd = new Curve(runs, "ootd-fleet", PublishedProfiles.Ootd, seconds, [1, 3, 4, 7], constants["teacache.ootd.steps"]);
        (string Name, Curve Curve)[] models = [("FLUX.1", flux), ("OOTDiffusion", ootd)];
        book.Add("fig12.diffusers", models.Max(static model => model.Curve.Most(static curve => curve.Diffusers)), finding: Most(models, static curve => curve.Diffusers));
        book.Add("fig12.teacache", models.Max(static model => model.Curve.Most(static curve => curve.TeaCache)), finding: Most(models, static curve => curve.TeaCache));
        book.Add("fig12.p95.diffusers", models.Max(static model => Reduction(model.Curve, model.Curve.Diffusers)), finding: Each(models, static curve => 100 * Reduction(curve, curve.Diffusers), " %"));
        book.Add("fig12.p95.teacache", models.Max(static model => Reduction(model.Curve, model.Curve.TeaCache)), finding: Each(models, static curve => 100 * Reduction(curve, curve.TeaCache), " %"));
        book.Add("fig12.queue", models.Max(static model => Queue(model.Curve)), finding: Each(models, static curve => 100 * Queue(curve), " %"));
        foreach (var (name, curve) in models)
        {
            book.Add(curve.Chart($"Mean latency by load, {name}"));
        }
    }

    private static string Most((string Name, Curve Curve)[] models, Func<Curve, Func<double, SimulatedNumbers>> baseline) =>
        $"{Each(models, curve => curve.Most(baseline), "x")} On {ServingWorkers} workers: {Each(models, curve => curve.With(ServingWorkers).Most(baseline), "x")}";

    private static string Each((string Name, Curve Curve)[] models, Func<Curve, double> of, string unit) =>
        string.Join(", ", models.Select(model => FormattableString.Invariant($"{model.Name} {of(model.Curve):0.0}{unit}"))) + ".";

    private static double Reduction(Curve curve, Func<double, SimulatedNumbers> baseline) => 1 - (curve.FlashPS(StatedRate).P95Latency.Mean / baseline(StatedRate).P95Latency.Mean);

    private static double Queue(Curve curve) => curve.FlashPS(StatedRate).MeanQueue.Mean / curve.Diffusers(StatedRate).MeanQueue.Mean;

    // One model's fleet under three systems.
    private sealed record Curve(ScenarioRuns Runs, string Scenario, string Profile, double Seconds, double[] Rates, double TeaCacheSteps)
    {
        public string[] Fleet { get; init; } = [];

        public Curve With(int workers) => this with { Fleet = [Set("fleet.workers", workers)] };

        public SimulatedNumbers FlashPS(double rate) => Of(rate, []);

        public SimulatedNumbers Diffusers(double rate) => Of(rate, Baseline());

        // A step that is skipped takes no time: fewer steps.
        public SimulatedNumbers TeaCache(double rate) => Of(rate, [.. Baseline(), Set("steps", TeaCacheSteps)]);

        public double Most(Func<Curve, Func<double, SimulatedNumbers>> baseline) => Rates.Max(rate => baseline(this)(rate).MeanLatency.Mean / FlashPS(rate).MeanLatency.Mean);

        public LineChart Chart(string title) => new()
        {
            Title = title,
            Note = "Figure 12 of the paper: eight H800, traces of 120 s.",
            XAxis = new ChartAxis("requests", "1/s"),
            YAxis = new ChartAxis("mean latency", "s", ChartScale.Logarithmic),
            Series = [Series("Diffusers", Diffusers), Series("TeaCache", TeaCache), Series("FlashPS", FlashPS)],
        };

        private static string[] Baseline() => [$"policies.batching={StaticBatching.Name}", $"policies.pipeline={FullPipeline.Name}", $"policies.routing={LeastRequests.Name}"];

        private SimulatedNumbers Of(double rate, string[] settings) =>
            Runs.Of(Scenario, Profile, [Set("workload.ratePerSecond", rate), Set("workload.requests", Math.Round(rate * Seconds)), .. Fleet, .. settings]);

        private ChartSeries Series(string name, Func<double, SimulatedNumbers> of) => new()
        {
            Name = name,
            Points = [.. Rates.Select(rate => new ChartPoint(rate, of(rate).MeanLatency.Mean))],
        };
    }
}
