namespace SimServe.Simulator.Metrics.Series;

/// <summary>One slice of a run's time, as <c>timeseries.parquet</c> has it. The whole run is there, warm-up included.</summary>
public sealed record SliceRow
{
    /// <summary>Start of the slice, s after the start of the run.</summary>
    public required double StartSeconds { get; init; }

    /// <summary>Its length, s; the last one ends with the run.</summary>
    public required double LengthSeconds { get; init; }

    /// <summary>Requests that arrived.</summary>
    public required long Arrivals { get; init; }

    /// <summary>Requests that completed.</summary>
    public required long Completions { get; init; }

    /// <summary>Requests that had arrived and not joined a batch, time average.</summary>
    public required double QueueLength { get; init; }

    /// <summary>Requests that had joined a batch and not ended, time average.</summary>
    public required double Running { get; init; }

    /// <summary>Workers that could serve, time average.</summary>
    public required double WorkersReady { get; init; }

    /// <summary>Share of those workers' time in which they denoised, from 0 to 1; null when there were none.</summary>
    public required double? BusyShare { get; init; }

    /// <summary>Mean batch size over the workers' steps; null when there was none. Steps count in the slice in which their segment ended.</summary>
    public required double? BatchSize { get; init; }

    /// <summary>Median latency of the requests that completed, s, within 1.6 %; null when none did.</summary>
    public required double? LatencyP50Seconds { get; init; }

    /// <summary>99th percentile of their latency, s, within 1.6 %; null when none did.</summary>
    public required double? LatencyP99Seconds { get; init; }

    /// <summary>Bytes moved over the links; counted in the slice in which their segment ended.</summary>
    public required long Bytes { get; init; }
}
