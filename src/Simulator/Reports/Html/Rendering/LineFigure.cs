using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>A line chart: one panel.</summary>
internal static class LineFigure
{
    public static PanelFigure Of(LineChart chart, int most)
    {
        var colors = new NameNumbers();
        var sorted = chart.Series.Select(static series => (series.Name, Points: PanelSeries.Sorted(series))).ToArray();
        var series = chart.Series.Select((one, index) => PanelSeries.Of(one, sorted[index].Points, colors.Of(one.Name, one.Color), most)).ToArray();
        return new PanelFigure("line", chart.XAxis, [new Panel(chart.YAxis, series) { Thresholds = chart.YThresholds }])
        {
            XThresholds = chart.XThresholds,
            Numbers = SeriesNumbers.Of(chart.XAxis, chart.YAxis, sorted),
        };
    }
}
