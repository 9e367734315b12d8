using System.Globalization;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Reports.Html;

namespace SimServe.Simulator.Reports.Runs;

/// <summary>The <c>report.html</c> of a run, from its numbers alone.</summary>
public static class RunReport
{
    /// <summary>Attainment from which on the verdict is good news unless told otherwise.</summary>
    public const double DefaultGoal = 0.99;

    /// <summary>Builds it.</summary>
    /// <param name="summary">The run.</param>
    /// <param name="facts">What else the reader must know.</param>
    /// <param name="window">What workers did in a window of the run, or <c>null</c> for no such chart.</param>
    /// <param name="goal">Attainment that was asked for, above 0 and at most 1.</param>
    public static HtmlReport Of(RunSummary summary, RunFacts facts, SegmentWindow? window = null, double goal = DefaultGoal)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(facts);
        return new HtmlReport
        {
            Title = facts.Scenario,
            Subtitle = facts.Policies.Length > 0 ? facts.Policies : null,
            Verdict = VerdictOf(summary, goal),
            Facts = FactsOf(summary, facts),
            Sections =
            [
                RunCharts.Latency(summary),
                RunCharts.Causes(summary),
                RunCharts.Timeline(summary),
                .. window is null || window.Bars.Count == 0 ? Array.Empty<HtmlSection>() : [RunCharts.Gantt(window)],
                RunTables.Numbers(summary),
                .. summary.Caches is { } caches ? [RunTables.Caches(caches)] : Array.Empty<HtmlSection>(),
                RunTables.Groups(summary),
                RunTables.Checks(summary),
            ],
        };
    }

    private static HtmlVerdict VerdictOf(RunSummary summary, double goal)
    {
        if (!summary.Verdict.IsSound)
        {
            return new HtmlVerdict(summary.Verdict.Conclude(""), HtmlVerdictKind.Unknown);
        }

        if (summary.Rates is not { SloAttainment: { } share, SloAttainmentLow: { } low, SloAttainmentHigh: { } high })
        {
            return new HtmlVerdict(Say($"{summary.Rates.RequestThroughput:0.###} requests/s with a p99 of {summary.Latency.P99:0.###} s. No objective was set."), HtmlVerdictKind.Unknown);
        }

        var text = Say($"{share:P2} of the requests met their objective (95 % interval {low:P2} to {high:P2}); {goal:P2} were asked for.");
        return new HtmlVerdict(text, low >= goal ? HtmlVerdictKind.Good : high < goal ? HtmlVerdictKind.Bad : HtmlVerdictKind.Unknown);
    }

    private static IReadOnlyList<HtmlFact> FactsOf(RunSummary summary, RunFacts facts) =>
    [
        new("seed", Say($"{facts.Seed}")),
        new("simulated time", Say($"{summary.Window.EndSeconds:0.###} s")),
        new("events", Say($"{facts.Events}")),
        new("costs", facts.CostProvenance),
        new("warm-up", summary.Window.Excluded),
        new("tool", facts.Tool),
    ];

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
