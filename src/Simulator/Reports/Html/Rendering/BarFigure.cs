using System.Text.Json;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>A bar chart.</summary>
internal sealed class BarFigure(BarChart chart) : IChartFigure
{
    public string Kind => "bars";

    public bool IsEmpty => !chart.Bars.Any(static bar => double.IsFinite(bar.Value));

    public bool NumbersAreOpen => false;

    public IReadOnlyList<string> Remarks
    {
        get
        {
            var blank = chart.Bars.Where(static bar => !double.IsFinite(bar.Value)).Select(static bar => bar.Name).ToArray();
            return blank.Length == 0 || IsEmpty ? [] : [$"No data for: {string.Join(", ", blank)}."];
        }
    }

    public HtmlTable Numbers => new()
    {
        Title = "All numbers",
        Columns = ["bar", chart.Axis.Heading, "from", "to", "detail"],
        Rows = [.. chart.Bars.Select(bar => (IReadOnlyList<HtmlCell>)
            [bar.Name, AxisCell.Of(chart.Axis, bar.Value), AxisCell.Of(chart.Axis, bar.Low), AxisCell.Of(chart.Axis, bar.High), bar.Detail ?? ""])],
    };

    public void WriteData(Utf8JsonWriter json)
    {
        json.WriteAxis("x", chart.Axis);
        json.WriteThresholds("thresholds", chart.Thresholds);
        json.WriteStartArray("bars");
        foreach (var bar in chart.Bars)
        {
            json.WriteStartObject();
            json.WriteString("name", bar.Name);
            json.WriteString("detail", bar.Detail);
            json.WritePropertyName("value");
            json.WriteValue(bar.Value);
            json.WritePropertyName("low");
            json.WriteValue(bar.Low);
            json.WritePropertyName("high");
            json.WriteValue(bar.High);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
