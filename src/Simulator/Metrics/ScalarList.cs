using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics.Sketches;

namespace SimServe.Simulator.Metrics;

/// <summary>The numbers of a run as one flat list under the names that vLLM's and AIPerf's users script against.</summary>
public static class ScalarList
{
    /// <summary>Every number of a run but those by class, tenant, worker and batch size; the same names in the same order for every run.</summary>
    /// <param name="summary">The run.</param>
    public static IReadOnlyList<Scalar> Of(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return
        [
            .. Counts(summary),
            .. Rates(summary.Rates),
            .. Latencies("e2e_latency", summary.Latency),
            .. Latencies("time_to_first_step", summary.Queueing),
            .. Latencies("time_per_step", summary.StepTime),
            .. Interruptions(summary.Interruptions),
            .. summary.Stages.SelectMany(static stage => Latencies($"stage_{stage.Key}", stage.Value)),
            .. summary.Tail.Causes.OrderBy(static cause => cause.Stage, StringComparer.Ordinal).SelectMany(static cause => new Scalar[]
            {
                new($"tail_share_{cause.Stage}", "1", cause.ShareOfTail),
                new($"p99_without_{cause.Stage}", "s", cause.P99Without),
            }),
        ];
    }

    private static IEnumerable<Scalar> Counts(RunSummary summary) =>
    [
        new("duration", "s", summary.Window.Seconds),
        new("injected_requests", "1", summary.Injected),
        .. summary.Outcomes.Select(static outcome => new Scalar(NameOf(outcome.Key), "1", outcome.Value)),
    ];

    private static string NameOf(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Completed => "completed_requests",
        RequestOutcome.Failed => "failed_requests",
        RequestOutcome.Rejected => "rejected_requests",
        RequestOutcome.Shed => "shed_requests",
        RequestOutcome.QueuedAtEnd => "queued_at_end",
        RequestOutcome.RunningAtEnd => "running_at_end",
        RequestOutcome.Cancelled => "cancelled_requests",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Unknown outcome."),
    };

    private static Scalar[] Rates(RunRates rates) =>
    [
        new("request_throughput", "requests/s", rates.RequestThroughput),
        new("request_goodput", "requests/s", rates.RequestGoodput),
        new("slo_attainment", "1", rates.SloAttainment),
        new("slo_attainment_low", "1", rates.SloAttainmentLow),
        new("slo_attainment_high", "1", rates.SloAttainmentHigh),
        new("image_throughput", "images/s", rates.RequestThroughput),
        new("image_throughput_per_gpu", "images/s", rates.ImageThroughputPerGpu),
        new("step_throughput", "steps/s", rates.StepThroughput),
        new("request_step_throughput", "steps/s", rates.RequestStepThroughput),
        new("average_batch_size", "requests", rates.AverageBatchSize),
        new("average_queue_length", "requests", rates.AverageQueueLength),
        new("average_running", "requests", rates.AverageRunning),
        new("time_averaged_gpus", "1", rates.TimeAveragedGpus),
        new("gpu_hours", "h", rates.GpuHours),
        new("gpu_seconds_per_image", "s", rates.GpuSecondsPerImage),
        new("busy_gpu_seconds_per_image", "s", rates.BusyGpuSecondsPerImage),
        new("gpu_busy_share", "1", rates.GpuBusyShare),
        new("cache_stall_share", "1", rates.CacheStallShare),
        new("adapter_stall_share", "1", rates.AdapterStallShare),
        new("pre_post_stall_share", "1", rates.PrePostStallShare),
        new("bytes_moved", "bytes", rates.BytesMoved),
        new("dollars", "USD", rates.Dollars),
        new("dollars_per_1k_images", "USD", rates.DollarsPer1kImages),
        new("dollars_per_1k_good_images", "USD", rates.DollarsPer1kGoodImages),
        new("energy_kwh", "kWh", rates.EnergyKwh),
        new("energy_wh_per_image", "Wh", rates.EnergyWhPerImage),
        new("fairness_served", "1", rates.FairnessServed),
        new("fairness_latency", "1", rates.FairnessLatency),
    ];

    private static Scalar[] Interruptions(Distribution interruptions) =>
    [
        new("interruptions_avg", "times", Known(interruptions, interruptions.Mean)),
        new("interruptions_p50", "times", Known(interruptions, interruptions.P50)),
        new("interruptions_p95", "times", Known(interruptions, interruptions.P95)),
        new("interruptions_max", "times", Known(interruptions, interruptions.Max)),
    ];

    private static double? Known(Distribution distribution, double value) => distribution.IsEmpty ? null : value;

    private static Scalar[] Latencies(string name, LatencySummary latency) =>
    [
        new($"{name}_count", "1", latency.Count),
        new($"{name}_avg", "s", Known(latency, latency.Mean)),
        new($"{name}_std", "s", Known(latency, latency.Std)),
        new($"{name}_min", "s", Known(latency, latency.Min)),
        new($"{name}_p1", "s", Known(latency, latency.P1)),
        new($"{name}_p5", "s", Known(latency, latency.P5)),
        new($"{name}_p10", "s", Known(latency, latency.P10)),
        new($"{name}_p25", "s", Known(latency, latency.P25)),
        new($"{name}_p50", "s", Known(latency, latency.P50)),
        new($"{name}_p75", "s", Known(latency, latency.P75)),
        new($"{name}_p90", "s", Known(latency, latency.P90)),
        new($"{name}_p95", "s", Known(latency, latency.P95)),
        new($"{name}_p99", "s", Known(latency, latency.P99)),
        new($"{name}_p99_9", "s", Known(latency, latency.P999)),
        new($"{name}_max", "s", Known(latency, latency.Max)),
    ];

    private static double? Known(LatencySummary latency, double value) => latency.Count > 0 ? value : null;
}
