using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>A section with its text, tables and charts.</summary>
internal sealed class SectionRenderer(HtmlOutput output, HtmlReport report)
{
    private readonly FigureRenderer _figures = new(output);

    public void Render(HtmlSection section, int number)
    {
        output.Line($"<section id=\"section-{number}\">").Element("h2", section.Heading);
        foreach (var paragraph in section.Paragraphs)
        {
            output.Element("p", paragraph);
        }

        foreach (var warning in section.Warnings)
        {
            output.Markup("<p class=\"warning\"><strong>Warning</strong> ").Text(warning).Line("</p>");
        }

        foreach (var item in section.Items)
        {
            RenderItem(item);
        }

        output.Line("</section>");
    }

    private void RenderItem(ReportItem item)
    {
        switch (item)
        {
            case HtmlTable table:
                RenderTable(table);
                break;
            case Chart chart:
                _figures.Render(chart, ChartFigures.Of(chart, report));
                break;
            default:
                throw new ArgumentException($"\"{item.Title}\" is a {item.GetType().Name}; a section holds tables and charts.");
        }
    }

    private void RenderTable(HtmlTable table)
    {
        output.Line("<figure class=\"table\">").Markup("<figcaption>").Element("h3", table.Title);
        if (table.Note is { } note)
        {
            output.Element("p", note);
        }

        output.Line("</figcaption>");
        TableRenderer.Render(output, table);
        output.Line("</figure>");
    }
}
