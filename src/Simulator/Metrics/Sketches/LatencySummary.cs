using System.Text.Json.Serialization;

namespace SimServe.Simulator.Metrics.Sketches;

/// <summary>The numbers of a sketch, in seconds; all 0 when there are no samples.</summary>
public sealed record LatencySummary
{
    /// <summary>Number of samples.</summary>
    public long Count { get; init; }

    /// <summary>Arithmetic mean.</summary>
    public double Mean { get; init; }

    /// <summary>Sample standard deviation (divisor n - 1); 0 for fewer than 2 samples.</summary>
    public double Std { get; init; }

    /// <summary>Least sample.</summary>
    public double Min { get; init; }

    /// <summary>1st percentile.</summary>
    public double P1 { get; init; }

    /// <summary>5th percentile.</summary>
    public double P5 { get; init; }

    /// <summary>10th percentile.</summary>
    public double P10 { get; init; }

    /// <summary>25th percentile.</summary>
    public double P25 { get; init; }

    /// <summary>Median.</summary>
    public double P50 { get; init; }

    /// <summary>75th percentile.</summary>
    public double P75 { get; init; }

    /// <summary>90th percentile.</summary>
    public double P90 { get; init; }

    /// <summary>95th percentile.</summary>
    public double P95 { get; init; }

    /// <summary>99th percentile.</summary>
    public double P99 { get; init; }

    /// <summary>99.9th percentile.</summary>
    [JsonPropertyName("p99_9")]
    public double P999 { get; init; }

    /// <summary>Greatest sample.</summary>
    public double Max { get; init; }

    /// <summary>Greatest relative error of the percentiles; 0 when they are exact.</summary>
    public double RelativeError { get; init; }
}
