using System.Text.Json.Serialization;
using SimServe.Policies.Caches;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics.Checks;
using SimServe.Simulator.Metrics.Fleets;
using SimServe.Simulator.Metrics.Objectives;
using SimServe.Simulator.Metrics.Series;
using SimServe.Simulator.Metrics.Sketches;
using SimServe.Simulator.Metrics.Stages;
using SimServe.Simulator.Metrics.WarmUps;

namespace SimServe.Simulator.Metrics;

/// <summary>All the numbers of a run. <c>summary.json</c> is made of it; every number is defined in this folder's README.</summary>
public sealed record RunSummary
{
    /// <summary>Whether anything may be concluded.</summary>
    public required RunVerdict Verdict { get; init; }

    /// <summary>What was measured.</summary>
    public required MeasuredWindow Window { get; init; }

    /// <summary>Requests that arrived, warm-up included.</summary>
    public required long Injected { get; init; }

    /// <summary>How they ended; sums to <see cref="Injected"/>.</summary>
    public required IReadOnlyDictionary<RequestOutcome, long> Outcomes { get; init; }

    /// <summary>Requests of the whole run that went on from similar latents, however they ended; not written where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long ApproximateHits { get; init; }

    /// <summary>Rates, costs and averages.</summary>
    public required RunRates Rates { get; init; }

    /// <summary>Latency f - a of measured requests that completed.</summary>
    public required LatencySummary Latency { get; init; }

    /// <summary>Time to the first step s - a of the same requests.</summary>
    public required LatencySummary Queueing { get; init; }

    /// <summary>Time per denoising step (d - s) / steps of the same requests.</summary>
    public required LatencySummary StepTime { get; init; }

    /// <summary>How often the denoising of the same requests was interrupted to prepare or decode others.</summary>
    public required Distribution Interruptions { get; init; }

    /// <summary>Time in every stage, of the same requests, by the stage's name; stages sum to the latency, request by request.</summary>
    public required IReadOnlyDictionary<string, LatencySummary> Stages { get; init; }

    /// <summary>What would remove most of p99.</summary>
    public required TailReport Tail { get; init; }

    /// <summary>Where the time of fast and of slow requests went, from the fastest tenth to the slowest hundredth.</summary>
    public required IReadOnlyList<LatencyBand> Bands { get; init; }

    /// <summary>Steps of all workers by batch size, sizes that occurred only.</summary>
    public required IReadOnlyList<BatchSizeCount> BatchSizes { get; init; }

    /// <summary>By service class.</summary>
    public required IReadOnlyList<ClassSummary> Classes { get; init; }

    /// <summary>By tenant.</summary>
    public required IReadOnlyList<TenantSummary> Tenants { get; init; }

    /// <summary>By worker.</summary>
    public required IReadOnlyList<WorkerSummary> Workers { get; init; }

    /// <summary>What happened to templates' caches in the whole run; <c>null</c>, and not written, where neither devices nor peers have any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TemplateCacheUse? Caches { get; init; }

    /// <summary>The run over time, for <c>timeseries.parquet</c>.</summary>
    [JsonIgnore]
    public IReadOnlyList<SliceRow> Series { get; init; } = [];

    /// <summary>Cumulative distribution of latency for plots: seconds, and share of requests at or below; at most a few thousand points.</summary>
    [JsonIgnore]
    public IReadOnlyList<(double Seconds, double Share)> LatencyCurve { get; init; } = [];
}

/// <summary>The measured part of a run.</summary>
/// <param name="StartSeconds">From when on, s after the start of the run.</param>
/// <param name="EndSeconds">Until when: the end of the run.</param>
/// <param name="Excluded">What was excluded and why.</param>
/// <param name="Suggested">What MSER-5 would exclude of the whole run; null for fewer than 20 completions.</param>
public sealed record MeasuredWindow(double StartSeconds, double EndSeconds, string Excluded, SuggestedWarmUp? Suggested)
{
    /// <summary>Its length, s.</summary>
    public double Seconds => EndSeconds - StartSeconds;
}

/// <summary>Steps that were taken with a batch of some size.</summary>
/// <param name="Size">Requests in the batch.</param>
/// <param name="Steps">Steps.</param>
/// <param name="Share">Share of all steps, from 0 to 1.</param>
public sealed record BatchSizeCount(int Size, long Steps, double Share);
