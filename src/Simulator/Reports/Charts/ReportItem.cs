namespace SimServe.Simulator.Reports.Charts;

/// <summary>What a section of a report may hold: a table or a chart. Plain data, drawn elsewhere.</summary>
public abstract record ReportItem
{
    /// <summary>What it shows, e.g. <c>Latency by policy</c>.</summary>
    public required string Title { get; init; }

    /// <summary>How to read it, in a sentence or two; null when the title says it all.</summary>
    public string? Note { get; init; }
}
