using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html;

/// <summary>A table that readers can sort by any column. A column of numbers is aligned to the right.</summary>
public sealed record HtmlTable : ReportItem
{
    /// <summary>Headings of the columns, units included.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The rows, each with as many cells as there are columns.</summary>
    public required IReadOnlyList<IReadOnlyList<HtmlCell>> Rows { get; init; }

    /// <summary>Number of the row that is set apart, e.g. the recommended one; null for none.</summary>
    /// <value>Null.</value>
    public int? HighlightedRow { get; init; }
}
