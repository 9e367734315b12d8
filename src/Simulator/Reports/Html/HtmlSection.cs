using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html;

/// <summary>A part of a report under one heading.</summary>
public sealed record HtmlSection
{
    /// <summary>Its heading.</summary>
    public required string Heading { get; init; }

    /// <summary>Text before the items.</summary>
    /// <value>None.</value>
    public IReadOnlyList<string> Paragraphs { get; init; } = [];

    /// <summary>What limits the section's conclusions, set apart from the text.</summary>
    /// <value>None.</value>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Tables and charts.</summary>
    /// <value>None.</value>
    public IReadOnlyList<ReportItem> Items { get; init; } = [];
}
