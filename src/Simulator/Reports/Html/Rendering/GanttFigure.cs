using System.Text.Json;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>A Gantt chart: bars as columns of numbers, texts once each.</summary>
internal sealed class GanttFigure : IChartFigure
{
    private readonly GanttChart _chart;
    private readonly IReadOnlyList<GanttBar> _bars;

    public GanttFigure(GanttChart chart, int most)
    {
        GanttChecks.Check(chart);
        _chart = chart;
        _bars = GanttMerge.Of(chart.Bars, most);
    }

    public string Kind => "gantt";

    public bool IsEmpty => _chart.Bars.Count == 0;

    public IReadOnlyList<string> Remarks => _bars.Count == _chart.Bars.Count
        ? []
        : [$"{NumberText.Count(_chart.Bars.Count)} bars, drawn as {NumberText.Count(_bars.Count)}: short neighbours of a row are merged, gaps between them included, and take the kind that took most of their time."];

    public bool NumbersAreOpen => false;

    public HtmlTable Numbers => new()
    {
        Title = "Key numbers",
        Columns = ["kind", "bars", $"total{Unit}", $"mean{Unit}", $"longest{Unit}"],
        Rows = [.. _chart.Bars.GroupBy(static bar => bar.Kind, StringComparer.Ordinal).Select(static kind => (IReadOnlyList<HtmlCell>)
            [
                kind.Key, HtmlCell.Of(kind.Count(), NumberText.Count(kind.Count())),
                kind.Sum(static bar => bar.End - bar.Start), kind.Average(static bar => bar.End - bar.Start), kind.Max(static bar => bar.End - bar.Start),
            ])],
    };

    // Of lengths: a time axis writes points in time as a clock, lengths are seconds.
    private string Unit => _chart.XAxis switch
    {
        { Scale: ChartScale.Time } => ", s",
        { Unit: { } unit } => $", {unit}",
        _ => "",
    };

    public void WriteData(Utf8JsonWriter json)
    {
        var (kinds, labels, details) = (new NameNumbers(), new NameNumbers(), new NameNumbers());
        json.WriteAxis("x", _chart.XAxis);
        json.WriteColumn("rows", _chart.Rows);
        json.WriteColumn("row", _bars.Select(static bar => bar.Row));
        json.WriteColumn("start", _bars.Select(static bar => bar.Start));
        json.WriteColumn("end", _bars.Select(static bar => bar.End));
        json.WriteColumn("kind", _bars.Select(bar => kinds.Of(bar.Kind)));
        json.WriteColumn("label", _bars.Select(bar => labels.Of(bar.Label)));
        json.WriteColumn("detail", _bars.Select(bar => details.Of(bar.Detail ?? "")));
        json.WriteColumn("kinds", kinds.Names);
        json.WriteColumn("labels", labels.Names);
        json.WriteColumn("details", details.Names);
    }
}
