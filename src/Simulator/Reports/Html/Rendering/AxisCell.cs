using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>Values of an axis as cells of a table.</summary>
internal static class AxisCell
{
    public static HtmlCell Of(ChartAxis axis, double value) => HtmlCell.Of(value, axis.TextOf(value));
}
