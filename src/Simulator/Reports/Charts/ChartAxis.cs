namespace SimServe.Simulator.Reports.Charts;

/// <summary>What one direction of a chart stands for.</summary>
/// <param name="Label">The quantity, e.g. <c>latency</c>.</param>
/// <param name="Unit">Its unit, e.g. <c>s</c>; null for a count, a share or a time.</param>
/// <param name="Scale">How values are laid out and written.</param>
public sealed record ChartAxis(string Label, string? Unit = null, ChartScale Scale = ChartScale.Linear)
{
    /// <summary>Seconds after the start of the run, written as hours, minutes and seconds.</summary>
    public static readonly ChartAxis Time = new("time", null, ChartScale.Time);
}
