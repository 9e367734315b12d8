using SimServe.Simulator.Metrics;

namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>Numbers of one scenario over replications: of each run its own, here their mean.</summary>
internal sealed record SimulatedNumbers
{
    /// <summary>Seconds from arrival to image, mean of a run.</summary>
    public required Distribution MeanLatency { get; init; }

    /// <summary>The same, 95th percentile of a run.</summary>
    public required Distribution P95Latency { get; init; }

    /// <summary>Seconds in the batch, 95th percentile of a run.</summary>
    public required Distribution P95Inference { get; init; }

    /// <summary>Seconds from being ready to joining a batch, mean of a run.</summary>
    public required Distribution MeanQueue { get; init; }

    /// <summary>Share of a run's requests that waited in the batch for a template.</summary>
    public required Distribution CacheWaits { get; init; }

    /// <summary>Times that a request's denoising was interrupted, median of a run.</summary>
    public required Distribution MedianInterruptions { get; init; }

    /// <summary>The same, 95th percentile of a run.</summary>
    public required Distribution P95Interruptions { get; init; }

    /// <summary>Half the width of the mean's interval; <c>null</c> for one run.</summary>
    public static double? Half(Distribution distribution) => distribution.Count > 1 ? distribution.MeanHalfWidth95 : null;
}
