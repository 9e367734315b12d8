using SimServe.Simulator.Metrics;

namespace SimServe.Cli.Reports;

/// <summary>One metric in both worlds.</summary>
internal sealed record MetricRow(string Metric, string Unit, double Simulated, double Measured)
{
    private const double BytesPerMegabyte = 1e6;

    /// <summary>(simulated - measured) / measured, or <c>null</c> when nothing was measured.</summary>
    public double? Error => Measured == 0 ? (Simulated == 0 ? 0 : null) : (Simulated - Measured) / Measured;

    public static IReadOnlyList<MetricRow> Of(RunMetrics simulated, RunMetrics measured) =>
    [
        new("latency, mean", "s", simulated.Latency.Mean, measured.Latency.Mean),
        new("latency, p50", "s", simulated.Latency.P50, measured.Latency.P50),
        new("latency, p95", "s", simulated.Latency.P95, measured.Latency.P95),
        new("latency, p99", "s", simulated.Latency.P99, measured.Latency.P99),
        new("queueing time, mean", "s", simulated.Queueing.Mean, measured.Queueing.Mean),
        new("queueing time, p95", "s", simulated.Queueing.P95, measured.Queueing.P95),
        new("throughput", "images/s", simulated.Throughput, measured.Throughput),
        new("batch size, mean", "requests", simulated.BatchSize.Mean, measured.BatchSize.Mean),
        new("cache loaded", "MB", simulated.CacheBytes / BytesPerMegabyte, measured.CacheBytes / BytesPerMegabyte),
        new("requests failed", "requests", simulated.Failed, measured.Failed),
        .. simulated.Cancelled + measured.Cancelled > 0 ? [new MetricRow("requests cancelled", "requests", simulated.Cancelled, measured.Cancelled)] : Array.Empty<MetricRow>(),
    ];
}
