using SimServe.Cli.Validation;
using SimServe.Simulator.Metrics;

namespace SimServe.Cli.Reports;

/// <summary>One metric in both worlds.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Simulated">As predicted from the profile.</param>
/// <param name="AtPace">As predicted at the pace of the machine around the run.</param>
/// <param name="Measured">As measured.</param>
internal sealed record MetricRow(string Metric, string Unit, double Simulated, double AtPace, double Measured)
{
    private const double BytesPerMegabyte = 1e6;

    /// <summary>(simulated - measured) / measured, or <c>null</c> when nothing was measured.</summary>
    public double? Error => ErrorOf(Simulated);

    /// <summary>The same at the pace of the machine around the run.</summary>
    public double? ErrorAtPace => ErrorOf(AtPace);

    public static IReadOnlyList<MetricRow> Of(WorldResults results) => Of(results.SimulatedMetrics, results.AtPace.Simulated, results.MeasuredMetrics);

    private double? ErrorOf(double predicted) => Measured == 0 ? (predicted == 0 ? 0 : null) : (predicted - Measured) / Measured;

    private static IReadOnlyList<MetricRow> Of(RunMetrics simulated, RunMetrics paced, RunMetrics measured) =>
    [
        new("latency, mean", "s", simulated.Latency.Mean, paced.Latency.Mean, measured.Latency.Mean),
        new("latency, p50", "s", simulated.Latency.P50, paced.Latency.P50, measured.Latency.P50),
        new("latency, p95", "s", simulated.Latency.P95, paced.Latency.P95, measured.Latency.P95),
        new("latency, p99", "s", simulated.Latency.P99, paced.Latency.P99, measured.Latency.P99),
        new("queueing time, mean", "s", simulated.Queueing.Mean, paced.Queueing.Mean, measured.Queueing.Mean),
        new("queueing time, p95", "s", simulated.Queueing.P95, paced.Queueing.P95, measured.Queueing.P95),
        new("throughput", "images/s", simulated.Throughput, paced.Throughput, measured.Throughput),
        new("batch size, mean", "requests", simulated.BatchSize.Mean, paced.BatchSize.Mean, measured.BatchSize.Mean),
        new("cache loaded", "MB", simulated.CacheBytes / BytesPerMegabyte, paced.CacheBytes / BytesPerMegabyte, measured.CacheBytes / BytesPerMegabyte),
        new("requests failed", "requests", simulated.Failed, paced.Failed, measured.Failed),
        .. simulated.Cancelled + measured.Cancelled > 0 ? [new MetricRow("requests cancelled", "requests", simulated.Cancelled, paced.Cancelled, measured.Cancelled)] : Array.Empty<MetricRow>(),
    ];
}
