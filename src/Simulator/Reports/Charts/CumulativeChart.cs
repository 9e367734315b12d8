namespace SimServe.Simulator.Reports.Charts;

/// <summary>Empirical cumulative distributions: the share of samples at or below each value, with a table of percentiles.</summary>
public sealed record CumulativeChart : Chart
{
    /// <summary>What the samples are; latencies, which span decades, ask for <see cref="ChartScale.Logarithmic"/>.</summary>
    public required ChartAxis Axis { get; init; }

    /// <summary>The samples, one curve each.</summary>
    public required IReadOnlyList<ChartSamples> Samples { get; init; }

    /// <summary>Values whose share matters, drawn as vertical lines; the table says which share is within each.</summary>
    /// <value>None.</value>
    public IReadOnlyList<ChartThreshold> Thresholds { get; init; } = [];
}
