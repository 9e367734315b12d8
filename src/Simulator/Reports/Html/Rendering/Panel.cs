using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>One panel of a figure: lines or layers over a y axis.</summary>
internal sealed record Panel(ChartAxis YAxis, IReadOnlyList<PanelSeries> Series)
{
    public IReadOnlyList<ChartThreshold> Thresholds { get; init; } = [];

    public bool IsStacked { get; init; }
}
