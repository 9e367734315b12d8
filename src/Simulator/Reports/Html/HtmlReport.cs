using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html;

/// <summary>A report as data. It knows nothing of simulations, so every command can fill one.</summary>
/// <remarks>The same report gives the same bytes: it holds no date, and nothing is added to it.</remarks>
public sealed record HtmlReport
{
    /// <summary>Title of the page.</summary>
    public required string Title { get; init; }

    /// <summary>A line below the title: model, device, workload; null for none.</summary>
    public string? Subtitle { get; init; }

    /// <summary>The answer in a sentence; null when nothing was asked.</summary>
    public HtmlVerdict? Verdict { get; init; }

    /// <summary>What the reader must know of the run: seed, replications, provenance of the costs.</summary>
    /// <value>None.</value>
    public IReadOnlyList<HtmlFact> Facts { get; init; } = [];

    /// <summary>The report's body.</summary>
    /// <value>None.</value>
    public IReadOnlyList<HtmlSection> Sections { get; init; } = [];

    /// <summary>Most points kept of a line, and layers' positions kept of an area; a longer one is thinned, and the chart says so.</summary>
    /// <value>2,000, about two per pixel of a wide screen; from 50 to 1,000,000.</value>
    /// <remarks>See <see cref="Thinning"/> for what is kept.</remarks>
    public int MostPoints { get; init; } = 2_000;

    /// <summary>Most bars kept of a Gantt chart; more are merged with their neighbours, and the chart says so.</summary>
    /// <value>40,000; from 100 to 1,000,000.</value>
    public int MostBars { get; init; } = 40_000;
}
