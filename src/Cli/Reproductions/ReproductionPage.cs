using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reports.Html;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions;

/// <summary>The <c>report.html</c> of an experiment: the same numbers give the same bytes.</summary>
internal static class ReproductionPage
{
    public static HtmlReport Of(ReproductionResult result) => new()
    {
        Title = result.File.Title,
        Subtitle = result.File.Citation,
        Verdict = new HtmlVerdict(result.Sentence, result.IsReproduced ? HtmlVerdictKind.Good : HtmlVerdictKind.Bad),
        Facts = [.. result.Settings.Select(static setting => new HtmlFact(setting.Name, setting.Value)), new HtmlFact("tool", Simulations.SimulationJob.Tool)],
        Sections =
        [
            .. RowGroups.Of(result).Select((group, number) => new HtmlSection { Heading = group.Heading, Paragraphs = number == 0 ? Method(result) : [], Items = [Rows(group.Heading, group.Rows, result)] }),
            .. Why(result),
            new HtmlSection { Heading = "Pictures", Items = [Ratios(result), .. result.Charts] },
            new HtmlSection { Heading = "Constants", Paragraphs = ["Everything above is computed from these published numbers; what somebody fitted, and on what, stands beside it."], Items = [Constants(result)] },
        ],
    };

    private static string[] Method(ReproductionResult result) =>
    [
        FormattableString.Invariant($"A row counts as reproduced when ours is within {result.File.Tolerance * 100:0.#} % of the paper's number. Further off it needs a reason, which covers a range of ratios and no more."),
        "Ours ± is half the width of the 95 % interval of the mean over replications.",
    ];

    private static HtmlTable Rows(string title, IReadOnlyList<ReproducedRow> rows, ReproductionResult result) => new()
    {
        Title = title,
        Columns = ["row", "place", "what", "unit", "target", "ours", "ratio", "verdict"],
        Rows = [.. rows.Select(row => (IReadOnlyList<HtmlCell>)
        [
            row.Row.Id,
            row.Row.Place,
            row.Row.What,
            row.Row.Unit,
            row.Row.Target is { } target ? target : "",
            row.Ours is { } ours ? HtmlCell.Of(ours, ReproductionTable.Ours(row)) : "",
            row.Ratio is { } ratio ? HtmlCell.Of(ratio, ReproductionTable.Ratio(row)) : "",
            row.Row.Kind == RowKind.Reported ? row.Row.Reason!.Text : ReproductionTable.Words(row.Verdict(result.File.Tolerance)),
        ])],
        HighlightedRows = [.. rows.Index().Where(one => one.Item.Verdict(result.File.Tolerance) == RowVerdict.Missed).Select(static one => one.Index)],
    };

    private static IEnumerable<HtmlSection> Why(ReproductionResult result)
    {
        ReproducedRow[] rows = [.. result.Of(RowVerdict.Explained), .. result.Rows.Where(row => row.Finding is not null && row.Verdict(result.File.Tolerance) != RowVerdict.Explained)];
        if (rows.Length > 0)
        {
            yield return new HtmlSection
            {
                Heading = "Why, and what varying the unknowns gives",
                Items = [new HtmlTable { Title = "Reasons and findings", Columns = ["row", "ratio", "reason, finding"], Rows = [.. rows.Select(static row => (IReadOnlyList<HtmlCell>)[row.Row.Id, ReproductionTable.Ratio(row), ReproductionTable.Why(row)])] }],
            };
        }
    }

    private static BarChart Ratios(ReproductionResult result) => new()
    {
        Title = "Ours over the paper",
        Note = "Every row that is held against the paper; the lines are the tolerance.",
        Axis = new ChartAxis("ours / target"),
        Bars = [.. result.Rows.Where(static row => row.Row.Kind == RowKind.Reproduced && row.Ratio is not null).Select(static row => new ChartBar(row.Row.Id, row.Ratio!.Value, Detail: row.Row.What))],
        Thresholds = [new ChartThreshold(1 - result.File.Tolerance, "tolerance"), new ChartThreshold(1 + result.File.Tolerance, "tolerance")],
    };

    private static HtmlTable Constants(ReproductionResult result) => new()
    {
        Title = "Published constants",
        Columns = ["name", "value", "unit", "source", "fitted on", "note"],
        Rows = [.. result.File.Constants.All.Select(static constant => (IReadOnlyList<HtmlCell>)
        [
            constant.Id,
            string.Join(", ", constant.Values.Select(static value => FormattableString.Invariant($"{value}"))),
            constant.Unit,
            constant.Source,
            constant.FittedOn ?? "",
            constant.Note ?? "",
        ])],
    };
}
