namespace SimServe.Simulator.Reports.Charts;

/// <summary>What one direction of a chart stands for.</summary>
/// <param name="Label">The quantity, e.g. <c>latency</c>.</param>
/// <param name="Unit">Its unit, e.g. <c>s</c>; null for a count, a share or a time.</param>
/// <param name="Scale">How values are laid out and written.</param>
public sealed record ChartAxis(string Label, string? Unit = null, ChartScale Scale = ChartScale.Linear)
{
    /// <summary>Seconds after the start of the run, written as hours, minutes and seconds.</summary>
    public static readonly ChartAxis Time = new("time", null, ChartScale.Time);

    /// <summary>The quantity and its unit, e.g. <c>latency, s</c>.</summary>
    public string Heading => Unit is null ? Label : $"{Label}, {Unit}";

    /// <summary>A value as this axis writes it, without its unit: about four digits, per cent with one decimal, or a clock.</summary>
    /// <param name="value">The value; a dash is written for one that is not finite.</param>
    public string TextOf(double value) => Scale switch
    {
        ChartScale.Share => NumberText.Percent(value),
        ChartScale.Time => ClockText.Of(value),
        ChartScale.Linear or ChartScale.Logarithmic => NumberText.Of(value),
        _ => throw new InvalidOperationException($"Unknown scale {Scale}."),
    };
}
