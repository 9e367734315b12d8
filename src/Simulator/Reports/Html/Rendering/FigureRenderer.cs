using System.Text;
using System.Text.Json;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>The element of a chart: its title, its data for the script, and its key numbers for everybody.</summary>
internal sealed class FigureRenderer(HtmlOutput output)
{
    // The writer's default encoder leaves no <, >, &, quote or letter outside ASCII as it is, so no text can end the script element.
    private static readonly JsonWriterOptions Json = new() { Indented = false };

    public void Render(Chart chart, IChartFigure figure)
    {
        output.Line($"<figure class=\"chart\" data-kind=\"{figure.Kind}\">").Markup("<figcaption>").Element("h3", chart.Title);
        if (chart.Note is { } note)
        {
            output.Element("p", note);
        }

        output.Line("</figcaption>");
        if (figure.IsEmpty)
        {
            output.Line("<p class=\"empty\">No data: there is nothing to draw.</p>");
        }
        else
        {
            output.Line("<div class=\"plot\"></div>")
                .Markup("<script type=\"application/json\">").Markup(DataOf(figure)).Line("</script>");
        }

        foreach (var remark in figure.Remarks)
        {
            output.Element("p class=\"remark\"", remark);
        }

        RenderNumbers(figure);
        output.Line("</figure>");
    }

    private void RenderNumbers(IChartFigure figure)
    {
        if (figure.IsEmpty)
        {
            return;
        }

        output.Markup(figure.NumbersAreOpen ? "<details open>" : "<details>").Element("summary", figure.Numbers.Title);
        TableRenderer.Render(output, figure.Numbers);
        output.Line("</details>");
    }

    private static string DataOf(IChartFigure figure)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Json))
        {
            json.WriteStartObject();
            figure.WriteData(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
