namespace SimServe.Simulator.Reports.Charts;

/// <summary>One panel of a timeline.</summary>
public sealed record TimelinePanel
{
    /// <summary>What its y axis stands for, e.g. queue length.</summary>
    public required ChartAxis YAxis { get; init; }

    /// <summary>Its lines.</summary>
    public required IReadOnlyList<ChartSeries> Series { get; init; }

    /// <summary>Horizontal lines.</summary>
    /// <value>None.</value>
    public IReadOnlyList<ChartThreshold> Thresholds { get; init; } = [];
}
