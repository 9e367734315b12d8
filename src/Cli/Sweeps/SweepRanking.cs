using System.Globalization;
using SimServe.Simulator.Reports.Html;
using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Sweeps;

/// <summary>The table of all points of a sweep, ranked within what is compared.</summary>
internal static class SweepRanking
{
    public static HtmlTable Of(SweepView view)
    {
        var outcome = view.Outcome;
        var rows = outcome.Conditions.SelectMany(condition => condition.Ranked.Select((point, rank) => (condition, point, rank))).ToArray();
        var failed = SweepMetric.Find("failed");
        SweepMetric[] shown = [.. view.Metrics, .. view.All(failed).Any(static summary => summary.Mean > 0) ? new[] { failed } : []];
        return new HtmlTable
        {
            Title = "All points",
            Note = Note(outcome),
            Columns =
            [
                .. outcome.File.Axes.Select(static axis => axis.Column), "rank", shown[0].Heading(), "against the best", "standing",
                .. shown[1..].Select(static metric => metric.Heading()), .. outcome.File.Goal.Objective is null ? Array.Empty<string>() : ["objective"], "point",
            ],
            Rows = [.. rows.Select(row => Row(outcome, shown, row.condition, row.point, row.rank))],
            HighlightedRows = [.. rows.Index().Where(static row => IsSetApart(row.Item.condition, row.Item.point)).Select(static row => row.Index)],
        };
    }

    private static string Note(SweepOutcome outcome)
    {
        string[] others = [.. outcome.File.Axes.Where(axis => axis != outcome.File.Compared).Select(static axis => axis.Column)];
        var where = others.Length == 0 ? "" : $" at the same {string.Join(" and ", others)}";
        return $"Ranks of {outcome.File.Compared.Column} count among points{where}. Set apart: the best, or those that may be, as they cannot be told from it. "
            + "\"Against the best\" is the paired difference of the metric with its interval, whose error of 5 % is shared by all pairs. Click a heading to sort.";
    }

    private static IReadOnlyList<HtmlCell> Row(SweepOutcome outcome, SweepMetric[] shown, SweepCondition condition, int point, int rank) =>
    [
        .. outcome.Result.Points[point].Values.Select(static value => value.Number is { } number ? HtmlCell.Of(number, value.Label) : HtmlCell.Of(value.Label)),
        HtmlCell.Of(rank + 1, $"{rank + 1}"),
        shown[0].Cell(outcome.Of(point, shown[0])),
        Against(condition, rank, shown[0]),
        Standing(condition, point),
        .. shown[1..].Select(metric => metric.Cell(outcome.Of(point, metric))),
        .. outcome.File.Goal.Objective is null ? Array.Empty<HtmlCell>() : [outcome.Meets(point) switch { true => "met", false => "missed", null => "cannot tell" }],
        HtmlCell.Of(point, $"{point}"),
    ];

    private static HtmlCell Against(SweepCondition condition, int rank, SweepMetric metric)
    {
        if (rank == 0 || condition.AgainstBest[rank - 1] is not { } against)
        {
            return "";
        }

        var scale = metric.IsShare() ? 100 : 1;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{against.Difference * scale:+0.####;-0.####;0} ({against.Low * scale:0.####} to {against.High * scale:0.####}){(metric.IsShare() ? " points" : "")}");
        return HtmlCell.Of(against.Difference, text);
    }

    private static HtmlCell Standing(SweepCondition condition, int point) =>
        condition.Ranked.Count == 1 || !condition.Rivals.Contains(point) ? "" : condition.ToldApart ? "best" : "may be best";

    // Where all are alike none stands out.
    private static bool IsSetApart(SweepCondition condition, int point) =>
        condition.Ranked.Count > 1 && condition.Rivals.Count < condition.Ranked.Count && condition.Rivals.Contains(point);
}
