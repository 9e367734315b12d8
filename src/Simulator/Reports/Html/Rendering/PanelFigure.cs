using System.Text.Json;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>Panels over one x axis: what line, cumulative, stacked and timeline charts have in common.</summary>
internal sealed record PanelFigure(string Kind, ChartAxis XAxis, IReadOnlyList<Panel> Panels) : IChartFigure
{
    public IReadOnlyList<ChartThreshold> XThresholds { get; init; } = [];

    public required HtmlTable Numbers { get; init; }

    public bool NumbersAreOpen { get; init; }

    public IReadOnlyList<string> ExtraRemarks { get; init; } = [];

    public bool IsEmpty => AllSeries.All(IsBlank);

    public IReadOnlyList<string> Remarks => [.. Blanks(), .. Thinned(), .. ExtraRemarks];

    private IEnumerable<PanelSeries> AllSeries => Panels.SelectMany(static panel => panel.Series);

    public void WriteData(Utf8JsonWriter json)
    {
        json.WriteAxis("x", XAxis);
        json.WriteThresholds("xThresholds", XThresholds);
        json.WriteStartArray("panels");
        foreach (var panel in Panels)
        {
            json.WriteStartObject();
            json.WriteAxis("y", panel.YAxis);
            json.WriteBoolean("stacked", panel.IsStacked);
            json.WriteThresholds("thresholds", panel.Thresholds);
            json.WriteStartArray("series");
            foreach (var series in panel.Series)
            {
                Write(json, series);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, PanelSeries series)
    {
        json.WriteStartObject();
        json.WriteString("name", series.Name);
        json.WriteNumber("color", series.Color);
        json.WriteBoolean("step", series.IsStep);
        json.WriteBoolean("dashed", series.IsDashed);
        json.WriteColumn("xs", series.X);
        json.WriteColumn("ys", series.Y);
        if (series is { Low: { } low, High: { } high })
        {
            json.WriteColumn("low", low);
            json.WriteColumn("high", high);
        }

        json.WriteEndObject();
    }

    private static bool IsBlank(PanelSeries series) => !series.Y.Any(double.IsFinite);

    private IEnumerable<string> Blanks()
    {
        var blank = AllSeries.Where(IsBlank).Select(static series => series.Name).Distinct(StringComparer.Ordinal).ToArray();
        return blank.Length > 0 && !IsEmpty ? [$"No data for: {string.Join(", ", blank)}."] : [];
    }

    private IEnumerable<string> Thinned()
    {
        var thinned = AllSeries.Where(static series => series.Original > series.X.Length).ToArray();
        return thinned.Length == 0 ? [] :
        [
            $"Of up to {NumberText.Count(thinned.Max(static series => series.Original))} points per line, {NumberText.Count(thinned.Max(static series => series.X.Length))} are drawn: {Method}",
        ];
    }

    private string Method => Kind == "cumulative"
        ? "all of the least and greatest, every so many in between, each at its exact share."
        : "the ends and, of every stretch, the least, the greatest and any gap.";
}
