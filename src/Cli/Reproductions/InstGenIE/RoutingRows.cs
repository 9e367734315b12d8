using SimServe.Policies.Routing;
using SimServe.Simulator.Reproductions;
using static SimServe.Cli.Reproductions.InstGenIE.ScenarioRuns;

namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>Fig. 16-right: ways to spread requests over workers of FLUX.1, and ours beside them.</summary>
internal static class RoutingRows
{
    private const string Scenario = "flux-fleet";
    private const double RatePerWorker = 0.5;

    private static readonly int[] Fleets = [1, 2, 4, 7, 8];

    public static void Add(MeasurementBook book, ScenarioRuns runs)
    {
        Add(book, runs, "fig16r.requests", LeastRequests.Name);
        Add(book, runs, "fig16r.tokens", LeastMaskedTokens.Name);
        Add(book, runs, "fig16r.flashps", LeastBatchLatency.Name);
        Add(book, runs, "fig16r.ours", MaskAware.Name);
    }

    private static void Add(MeasurementBook book, ScenarioRuns runs, string row, string routing)
    {
        var numbers = Of(runs, routing, Fleets[^1]);
        var others = Fleets.Select(workers => FormattableString.Invariant($"{workers}: {Of(runs, routing, workers).P95Latency.Mean:0.0}"));
        book.Add(row, numbers.P95Latency.Mean, SimulatedNumbers.Half(numbers.P95Latency), $"P95 in seconds by number of workers at the same load of each: {string.Join(", ", others)}.");
    }

    // 50 requests to each worker, as 400 to eight.
    private static SimulatedNumbers Of(ScenarioRuns runs, string routing, int workers) => runs.Of(
        Scenario, PublishedProfiles.FluxKeysValues, $"policies.routing={routing}", Set("fleet.workers", workers), Set("workload.ratePerSecond", RatePerWorker * workers), Set("workload.requests", 50 * workers));
}
