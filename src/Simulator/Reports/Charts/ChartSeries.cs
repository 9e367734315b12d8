namespace SimServe.Simulator.Reports.Charts;

/// <summary>A line of a chart.</summary>
public sealed record ChartSeries
{
    /// <summary>Its name in the legend; series of one name in several panels share colour and legend entry.</summary>
    public required string Name { get; init; }

    /// <summary>Its points in any order; they are drawn by ascending x, and points without a finite x are left out.</summary>
    public required IReadOnlyList<ChartPoint> Points { get; init; }

    /// <summary>Whether a value holds until the next point, as a queue's length does.</summary>
    /// <value>False: points are joined by straight lines.</value>
    public bool IsStep { get; init; }

    /// <summary>Whether the line is dashed, e.g. for the simulated one of a simulated and a measured line.</summary>
    /// <value>False.</value>
    public bool IsDashed { get; init; }

    /// <summary>Number of its colour, 0 and up, so that related series share one; null for the next free colour.</summary>
    /// <value>Null.</value>
    public int? Color { get; init; }
}
