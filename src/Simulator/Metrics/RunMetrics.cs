using SimServe.Policies.Serving;

namespace SimServe.Simulator.Metrics;

/// <summary>The numbers of one run, simulated or real; defined in this folder's README.</summary>
public sealed record RunMetrics
{
    /// <summary>Latency f - a of completed requests, seconds.</summary>
    public required Distribution Latency { get; init; }

    /// <summary>Queueing time s - a of completed requests, seconds.</summary>
    public required Distribution Queueing { get; init; }

    /// <summary>How often the denoising of completed requests was interrupted to prepare or decode others.</summary>
    public required Distribution Interruptions { get; init; }

    /// <summary>Batch size at every denoising step of every worker, requests.</summary>
    public required Distribution BatchSize { get; init; }

    /// <summary>Completed requests over the makespan, requests/s.</summary>
    public required double Throughput { get; init; }

    /// <summary>Bytes of cached activations moved over the links.</summary>
    public required double CacheBytes { get; init; }

    /// <summary>Denoising steps of all requests.</summary>
    public required int RequestSteps { get; init; }

    /// <summary>Completed requests.</summary>
    public required int Completed { get; init; }

    /// <summary>Requests that ended without an image, but for those that were cancelled.</summary>
    public required int Failed { get; init; }

    /// <summary>Requests whose user gave up.</summary>
    public required int Cancelled { get; init; }

    /// <summary>From the first arrival to the last end, seconds.</summary>
    public required double MakespanSeconds { get; init; }

    /// <summary>Share of the requests with a deadline that completed by it, from 0 to 1; null where no request had one. Whoever gave up before the deadline does not count.</summary>
    public required double? Attainment { get; init; }

    /// <summary>Computes them.</summary>
    /// <param name="result">A finished run with at least one request.</param>
    public static RunMetrics Of(ServingResult result)
    {
        var meter = new RunMeter(result.Records.Count);
        foreach (var segment in result.Segments)
        {
            meter.Denoised(segment);
        }

        foreach (var record in result.Records)
        {
            meter.Finished(record);
        }

        return meter.Close(result.EndedAt);
    }
}
