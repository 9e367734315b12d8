namespace SimServe.Simulator.Reports.Charts;

/// <summary>Who did what when: rows are workers or streams, bars what they did.</summary>
public sealed record GanttChart : Chart
{
    /// <summary>What x stands for.</summary>
    /// <value>Seconds after the start.</value>
    public ChartAxis XAxis { get; init; } = ChartAxis.Time;

    /// <summary>Names of the rows from the top down.</summary>
    public required IReadOnlyList<string> Rows { get; init; }

    /// <summary>The bars in any order.</summary>
    public required IReadOnlyList<GanttBar> Bars { get; init; }
}
