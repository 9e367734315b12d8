namespace SimServe.Simulator.Reports.Charts;

/// <summary>One candidate in a chart of two goals.</summary>
public sealed record FrontierPoint
{
    /// <summary>What it is, e.g. <c>8 x H800</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its x, usually cost.</summary>
    public required double X { get; init; }

    /// <summary>Its y, usually attainment.</summary>
    public required double Y { get; init; }

    /// <summary>Lower end of y's confidence interval; NaN for none.</summary>
    public double YLow { get; init; } = double.NaN;

    /// <summary>Upper end of y's confidence interval; NaN for none.</summary>
    public double YHigh { get; init; } = double.NaN;

    /// <summary>What it has in common with others of its colour and shape, e.g. its GPU type.</summary>
    /// <value>Empty: no group.</value>
    public string Group { get; init; } = "";

    /// <summary>More for whoever points at it; null for nothing more.</summary>
    public string? Detail { get; init; }

    /// <summary>Whether it is the one recommended.</summary>
    public bool IsRecommended { get; init; }
}
