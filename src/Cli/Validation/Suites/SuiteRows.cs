using System.Globalization;
using SimServe.Simulator.Suites;

namespace SimServe.Cli.Validation.Suites;

/// <summary>The table of a suite's results, as text: for the terminal and for Markdown alike.</summary>
internal static class SuiteRows
{
    public static readonly IReadOnlyList<string> Columns = ["case", "requests/s", "mean, s", "error", "at own pace", "p95, s", "error", "at own pace", "images/s", "error", "at own pace", "decided alike", "most of the mean's error"];

    public static IEnumerable<string[]> Of(SuiteResults results) =>
    [
        .. results.Cases.Select(Row),
        [
            "mean of the magnitudes",
            "",
            .. Enumerable.Range(0, SuiteMetrics<double>.Names.Count).SelectMany(metric => new[] { "", Show($"{results.MeanError(metric):0.0%}"), Show($"{results.MeanErrorAtOwnPace(metric):0.0%}") }),
            "",
            "",
        ],
    ];

    /// <summary>The same as a table in Markdown, with a line of what else was found.</summary>
    public static string Markdown(SuiteResults results) => string.Join(
        '\n',
        [
            Line(Columns),
            Line(Columns.Select(static (_, index) => index == 0 || index == Columns.Count - 1 ? "---" : "--:")),
            .. Of(results).Select(Line),
            "",
            Summary(results),
        ]);

    /// <summary>The errors alone, for a page that has other things to say too.</summary>
    public static string ShortMarkdown(SuiteResults results)
    {
        var metrics = Enumerable.Range(0, SuiteMetrics<double>.Names.Count).ToArray();
        return string.Join(
            '\n',
            [
                Line(["case", .. metrics.SelectMany(static metric => new[] { SuiteMetrics<double>.Names[metric].Name, "at own pace" }), "steps decided alike"]),
                Line(["---", .. metrics.SelectMany(static _ => new[] { "--:", "--:" }), "--:"]),
                .. results.Cases.Select(one => Line(
                    [one.Name, .. metrics.SelectMany(metric => new[] { Percent(one.Errors()[metric]), Percent(one.ErrorsAtOwnPace()[metric]) }), Show($"{one.Decisions():0.0%}")])),
                Line(["mean of the magnitudes", .. metrics.SelectMany(metric => new[] { Show($"{results.MeanError(metric):0.0%}"), Show($"{results.MeanErrorAtOwnPace(metric):0.0%}") }), ""]),
            ]);
    }

    public static string Summary(SuiteResults results)
    {
        var (covered, all) = results.Coverage();
        return Show($"{covered} of {all} measurements ({(double)covered / all:0%}) lie inside their 90 % intervals; the pace of a run is known to {results.PaceError:0.0%} from the paces before and after it. {results.Date:yyyy-MM-dd}, {results.Environment}.");
    }

    private static string[] Row(CaseResult one) =>
    [
        one.Name,
        Show($"{one.RatePerSecond:0.###}"),
        .. one.Errors().Zip(one.ErrorsAtOwnPace()).SelectMany(static pair =>
            new[] { Show($"{pair.First.Measured:0.000}"), Error(pair.First), Percent(pair.Second) }),
        Show($"{one.Decisions():0.0%}"),
        one.Largest() is { } term ? Show($"{term.Term} {1000 * term.Difference:+0.0;-0.0} ms") : "",
    ];

    private static string Percent(MetricError error) => Show($"{error.Error:+0.0%;-0.0%;0.0%}");

    private static string Error(MetricError error) => error.HalfWidth is { } half ? Show($"{error.Error:+0.0%;-0.0%;0.0%} ± {half:0.0%}") : Show($"{error.Error:+0.0%;-0.0%;0.0%}");

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

    private static string Show(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
