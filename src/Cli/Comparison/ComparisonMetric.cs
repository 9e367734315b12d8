using SimServe.Simulator.Metrics;

namespace SimServe.Cli.Comparison;

/// <summary>A number of a run that variants may be compared by.</summary>
/// <param name="Name">What <c>--metric</c> calls it.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
/// <param name="Of">Reads it from a run.</param>
internal sealed record ComparisonMetric(string Name, string Unit, bool HigherIsBetter, Func<RunMetrics, double> Of)
{
    public static readonly IReadOnlyList<ComparisonMetric> All =
    [
        new("mean-latency", "s", false, static run => run.Latency.Mean),
        new("p50-latency", "s", false, static run => run.Latency.P50),
        new("p95-latency", "s", false, static run => run.Latency.P95),
        new("p99-latency", "s", false, static run => run.Latency.P99),
        new("mean-queueing", "s", false, static run => run.Queueing.Mean),
        new("p95-queueing", "s", false, static run => run.Queueing.P95),
        new("throughput", "images/s", true, static run => run.Throughput),
        new("cache-bytes", "bytes", false, static run => run.CacheBytes),
    ];
}
