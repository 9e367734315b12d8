namespace SimServe.Simulator.Reports.Charts;

/// <summary>Layers on top of each other, whose sum matters as much as they do: latency by cause, outcomes over time.</summary>
public sealed record StackedAreaChart : Chart
{
    /// <summary>What x stands for.</summary>
    public required ChartAxis XAxis { get; init; }

    /// <summary>What the layers' thickness stands for.</summary>
    public required ChartAxis YAxis { get; init; }

    /// <summary>Positions along x, finite and ascending, shared by all layers.</summary>
    public required IReadOnlyList<double> X { get; init; }

    /// <summary>The layers from the bottom up, each with as many values as there are positions.</summary>
    public required IReadOnlyList<ChartLayer> Layers { get; init; }

    /// <summary>Horizontal lines.</summary>
    /// <value>None.</value>
    public IReadOnlyList<ChartThreshold> YThresholds { get; init; } = [];
}
