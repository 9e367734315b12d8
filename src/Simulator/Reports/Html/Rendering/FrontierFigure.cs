using System.Text.Json;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>Candidates by two goals.</summary>
internal sealed class FrontierFigure : IChartFigure
{
    private readonly FrontierChart _chart;
    private readonly FrontierPoint[] _points;
    private readonly bool[] _isOnFrontier;

    public FrontierFigure(FrontierChart chart)
    {
        _chart = chart;
        _points = [.. chart.Points.Where(IsPlaced).OrderBy(static point => point.X)];
        _isOnFrontier = ParetoFrontier.Of([.. _points.Select(static point => (point.X, point.Y))], chart.LowerXIsBetter, chart.HigherYIsBetter);
    }

    public string Kind => "frontier";

    public bool IsEmpty => _points.Length == 0;

    public bool NumbersAreOpen => false;

    public IReadOnlyList<string> Remarks
    {
        get
        {
            var left = _chart.Points.Where(static point => !IsPlaced(point)).Select(static point => point.Name).ToArray();
            return left.Length == 0 ? [] : [$"No data for: {string.Join(", ", left)}."];
        }
    }

    public HtmlTable Numbers => new()
    {
        Title = "All candidates",
        Columns = ["candidate", "group", _chart.XAxis.Heading, _chart.YAxis.Heading, "standing", "detail"],
        Rows = [.. _points.Select((point, index) => (IReadOnlyList<HtmlCell>)
            [
                point.Name, point.Group, AxisCell.Of(_chart.XAxis, point.X), AxisCell.Of(_chart.YAxis, point.Y),
                point.IsRecommended ? "recommended" : _isOnFrontier[index] ? "on the frontier" : "dominated", point.Detail ?? "",
            ])],
        HighlightedRows = [.. _points.Index().Where(static point => point.Item.IsRecommended).Select(static point => point.Index)],
    };

    public void WriteData(Utf8JsonWriter json)
    {
        // Colours go by the order given, as those of lines do, and not by x.
        var groups = new NameNumbers();
        foreach (var point in _chart.Points)
        {
            groups.Of(point.Group);
        }

        json.WriteAxis("x", _chart.XAxis);
        json.WriteAxis("y", _chart.YAxis);
        json.WriteThresholds("thresholds", _chart.YThresholds);
        json.WriteBoolean("lowerX", _chart.LowerXIsBetter);
        json.WriteStartArray("points");
        for (var index = 0; index < _points.Length; index++)
        {
            Write(json, _points[index], groups.Of(_points[index].Group), _isOnFrontier[index]);
        }

        json.WriteEndArray();
        json.WriteColumn("groups", groups.Names);
    }

    private static void Write(Utf8JsonWriter json, FrontierPoint point, int group, bool isOnFrontier)
    {
        json.WriteStartObject();
        json.WriteString("name", point.Name);
        json.WriteString("detail", point.Detail);
        json.WriteNumber("x", point.X);
        json.WriteNumber("y", point.Y);
        json.WritePropertyName("low");
        json.WriteValue(point.YLow);
        json.WritePropertyName("high");
        json.WriteValue(point.YHigh);
        json.WriteNumber("group", group);
        json.WriteBoolean("frontier", isOnFrontier);
        json.WriteBoolean("recommended", point.IsRecommended);
        json.WriteEndObject();
    }

    private static bool IsPlaced(FrontierPoint point) => double.IsFinite(point.X) && double.IsFinite(point.Y);
}
