namespace SimServe.Simulator.Reports.Charts;

/// <summary>Panels above each other that share one x axis: queue length, batch size and utilisation of one run.</summary>
public sealed record TimelineChart : Chart
{
    /// <summary>What x stands for.</summary>
    /// <value>Seconds after the start.</value>
    public ChartAxis XAxis { get; init; } = ChartAxis.Time;

    /// <summary>The panels from the top down.</summary>
    public required IReadOnlyList<TimelinePanel> Panels { get; init; }

    /// <summary>Moments that matter, as vertical lines through all panels: the end of the warm-up, a fault.</summary>
    /// <value>None.</value>
    public IReadOnlyList<ChartThreshold> Moments { get; init; } = [];
}
