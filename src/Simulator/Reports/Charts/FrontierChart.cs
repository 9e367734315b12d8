namespace SimServe.Simulator.Reports.Charts;

/// <summary>Candidates by two goals, with the frontier of those that no other beats in both.</summary>
public sealed record FrontierChart : Chart
{
    /// <summary>What x stands for.</summary>
    public required ChartAxis XAxis { get; init; }

    /// <summary>What y stands for.</summary>
    public required ChartAxis YAxis { get; init; }

    /// <summary>The candidates; those without a finite x and y are left out and named.</summary>
    public required IReadOnlyList<FrontierPoint> Points { get; init; }

    /// <summary>Whether less x is better.</summary>
    /// <value>True: x is a cost.</value>
    public bool LowerXIsBetter { get; init; } = true;

    /// <summary>Whether more y is better.</summary>
    /// <value>True: y is an attainment.</value>
    public bool HigherYIsBetter { get; init; } = true;

    /// <summary>Horizontal lines, e.g. the attainment asked for.</summary>
    /// <value>None.</value>
    public IReadOnlyList<ChartThreshold> YThresholds { get; init; } = [];
}
