using System.Globalization;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>A table. Cells with numbers carry them, for the script that sorts.</summary>
internal static class TableRenderer
{
    public static void Render(HtmlOutput output, HtmlTable table)
    {
        Check(table);
        if (table.Rows.Count == 0)
        {
            output.Line("<p class=\"empty\">No rows.</p>");
            return;
        }

        var isNumber = Enumerable.Range(0, table.Columns.Count).Select(column => IsNumber(table, column)).ToArray();
        output.Line("<div class=\"scroll\" tabindex=\"0\"><table>").Markup("<thead><tr>");
        for (var column = 0; column < table.Columns.Count; column++)
        {
            output.Markup(isNumber[column] ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">").Text(table.Columns[column]).Markup("</th>");
        }

        output.Line("</tr></thead>").Line("<tbody>");
        var highlighted = table.HighlightedRows.ToHashSet();
        for (var row = 0; row < table.Rows.Count; row++)
        {
            output.Markup(highlighted.Contains(row) ? "<tr class=\"highlighted\">" : "<tr>");
            for (var column = 0; column < table.Columns.Count; column++)
            {
                RenderCell(output, table.Rows[row][column], isNumber[column]);
            }

            output.Line("</tr>");
        }

        output.Line("</tbody></table></div>");
    }

    private static void RenderCell(HtmlOutput output, HtmlCell cell, bool isNumber)
    {
        output.Markup(isNumber ? "<td class=\"number\"" : "<td");
        if (cell.Number is { } number && double.IsFinite(number))
        {
            output.Markup($" data-value=\"{number.ToString("R", CultureInfo.InvariantCulture)}\"");
        }

        output.Markup(">").Text(cell.Text).Markup("</td>");
    }

    // Empty cells do not make a column of numbers one of texts.
    private static bool IsNumber(HtmlTable table, int column) =>
        table.Rows.Any(row => row[column].Number is not null)
        && table.Rows.All(row => row[column].Number is not null || row[column].Text.Length == 0 || row[column].Text == NumberText.None);

    private static void Check(HtmlTable table)
    {
        for (var row = 0; row < table.Rows.Count; row++)
        {
            if (table.Rows[row].Count != table.Columns.Count)
            {
                throw new ArgumentException(
                    $"Row {row} of table \"{table.Title}\" has {table.Rows[row].Count} cells; it must have {table.Columns.Count}, one per column.");
            }
        }

        foreach (var row in table.HighlightedRows.Where(row => row < 0 || row >= table.Rows.Count))
        {
            throw new ArgumentException($"Table \"{table.Title}\" highlights row {row}; it has {table.Rows.Count} rows, numbered from 0.");
        }
    }
}
