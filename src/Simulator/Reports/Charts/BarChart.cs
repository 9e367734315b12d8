namespace SimServe.Simulator.Reports.Charts;

/// <summary>Bars in the order given, from the top down, e.g. what would remove most of the p99.</summary>
public sealed record BarChart : Chart
{
    /// <summary>What the bars' length stands for.</summary>
    public required ChartAxis Axis { get; init; }

    /// <summary>The bars.</summary>
    public required IReadOnlyList<ChartBar> Bars { get; init; }

    /// <summary>Vertical lines.</summary>
    /// <value>None.</value>
    public IReadOnlyList<ChartThreshold> Thresholds { get; init; } = [];
}
