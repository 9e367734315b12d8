using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>Axes and their values as text for tables.</summary>
internal static class AxisText
{
    public static string Heading(ChartAxis axis) => axis.Unit is { } unit ? $"{axis.Label}, {unit}" : axis.Label;

    // With a statistic in front: "p99 latency, s".
    public static string Heading(string statistic, ChartAxis axis) => $"{statistic} {Heading(axis)}";

    public static HtmlCell Cell(ChartAxis axis, double value) => axis.Scale switch
    {
        ChartScale.Share => HtmlCell.Percent(value),
        ChartScale.Time => HtmlCell.Of(value, ClockText.Of(value)),
        ChartScale.Linear or ChartScale.Logarithmic => HtmlCell.Of(value),
        _ => throw new ArgumentException($"Unknown scale {axis.Scale}."),
    };
}
