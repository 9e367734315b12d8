using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html;

/// <summary>A table that readers can sort by any column. A column of numbers is aligned to the right.</summary>
public sealed record HtmlTable : ReportItem
{
    /// <summary>Headings of the columns, units included.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The rows, each with as many cells as there are columns.</summary>
    public required IReadOnlyList<IReadOnlyList<HtmlCell>> Rows { get; init; }

    /// <summary>Numbers of the rows that are set apart, from 0, e.g. of the recommended one.</summary>
    /// <value>None.</value>
    public IReadOnlyList<int> HighlightedRows { get; init; } = [];
}
