namespace SimServe.Simulator.Sweeps;

/// <summary>A number of every run of a sweep.</summary>
/// <param name="Name">Its name in sweep files, e.g. <c>p95-latency</c>; as with <c>compare --metric</c>.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
/// <param name="Of">Reads it from a run; null where nothing completed that it could be said of.</param>
public sealed record SweepMetric(string Name, string Unit, bool HigherIsBetter, Func<SweepRun, double?> Of)
{
    /// <summary>Every metric, in the order of the columns.</summary>
    public static readonly IReadOnlyList<SweepMetric> All =
    [
        Completed("mean-latency", "s", static run => run.Metrics.Latency.Mean),
        Completed("p50-latency", "s", static run => run.Metrics.Latency.P50),
        Completed("p95-latency", "s", static run => run.Metrics.Latency.P95),
        Completed("p99-latency", "s", static run => run.Metrics.Latency.P99),
        Completed("mean-queueing", "s", static run => run.Metrics.Queueing.Mean),
        Completed("p95-queueing", "s", static run => run.Metrics.Queueing.P95),
        new("throughput", "images/s", true, static run => run.Metrics.Throughput),
        new("cache-bytes", "bytes", false, static run => run.Metrics.CacheBytes),
        new("completed", "requests", true, static run => run.Metrics.Completed),
        new("failed", "requests", false, static run => run.Metrics.Failed),
        new("workers", "workers", false, static run => run.Workers),
        new("slo-attainment", "1", true, static run => run.Metrics.Attainment),
        new("dollars-per-hour", "USD", false, static run => run.DollarsPerHour),
        new("dollars-per-1k-images", "USD", false, static run => run.Metrics.Completed > 0 ? run.DollarsPerHour / 3600 * run.Metrics.MakespanSeconds / run.Metrics.Completed * 1000 : null),

        // What a fleet is paid for: every worker from the first arrival to the last end, busy or not.
        Completed("worker-seconds-per-image", "s", static run => run.Workers * run.Metrics.MakespanSeconds / run.Metrics.Completed),
        new("cancelled", "requests", false, static run => run.Metrics.Cancelled),
    ];

    /// <summary>Its name in tables: underscores for hyphens, so that SQL needs no quotes.</summary>
    public string Column => Name.Replace('-', '_');

    /// <summary>The metric of a name.</summary>
    /// <param name="name">One of <see cref="All"/>.</param>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static SweepMetric Find(string name) => All.Single(metric => metric.Name == name);

    /// <summary>Where the metric stands in <see cref="All"/> and so in every sample.</summary>
    public int Index => All.TakeWhile(metric => metric.Name != Name).Count();

    // A distribution of nothing says 0, which would rank as the best latency of all.
    private static SweepMetric Completed(string name, string unit, Func<SweepRun, double> of) =>
        new(name, unit, false, run => run.Metrics.Completed > 0 ? of(run) : null);
}
