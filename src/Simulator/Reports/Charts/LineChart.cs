namespace SimServe.Simulator.Reports.Charts;

/// <summary>Lines over a common x axis, each with an optional confidence band.</summary>
public sealed record LineChart : Chart
{
    /// <summary>What x stands for.</summary>
    public required ChartAxis XAxis { get; init; }

    /// <summary>What y stands for.</summary>
    public required ChartAxis YAxis { get; init; }

    /// <summary>The lines.</summary>
    public required IReadOnlyList<ChartSeries> Series { get; init; }

    /// <summary>Vertical lines.</summary>
    /// <value>None.</value>
    public IReadOnlyList<ChartThreshold> XThresholds { get; init; } = [];

    /// <summary>Horizontal lines.</summary>
    /// <value>None.</value>
    public IReadOnlyList<ChartThreshold> YThresholds { get; init; } = [];
}
