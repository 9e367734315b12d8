using System.Globalization;
using SimServe.Cli.Plots;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Sweeps;

/// <summary>The files of a finished sweep. The same runs give the same bytes.</summary>
internal static class SweepFiles
{
    public const string Runs = "sweep.parquet";

    public const string Points = "summary.parquet";

    // Written last: the folder is complete when it is there.
    public const string Summary = "sweep.json";

    private const string BestFolder = "best";
    private const int Top = 3;

    public static SweepOutcome Write(SweepPlan plan, SweepResult result, RunFolder folder, PlotFormats plots)
    {
        folder.Write(Runs, path => ParquetColumn.Write(path, SweepColumns.Runs(result)));
        using var database = SweepDatabase.Open(folder.Location);
        var outcome = new SweepOutcome(plan, result, database.Summaries());
        folder.Write(Points, path => ParquetColumn.Write(path, SweepColumns.Points(result, outcome.Summaries)));
        folder.Write("sweep.csv", path => File.WriteAllLines(path, PointRows(outcome)));
        folder.Write("pareto.csv", path => File.WriteAllLines(path, FrontierRows(outcome)));
        folder.Write("best_topn.csv", path => File.WriteAllLines(path, BestRows(outcome)));
        ReportFiles.Write(folder, SweepReport.Of(outcome), plots);
        WriteBest(outcome, folder);
        folder.WriteJson(Summary, SweepDocument.Of(outcome));
        return outcome;
    }

    public static string BestFile(int point) => $"{BestFolder}/point-{point}.json";

    private static void WriteBest(SweepOutcome outcome, RunFolder folder)
    {
        var best = Path.Combine(folder.Location, BestFolder);
        if (Directory.Exists(best))
        {
            // Those of a sweep that was here before.
            Directory.Delete(best, recursive: true);
        }

        foreach (var point in outcome.Conditions.Where(static condition => condition.Rivals.Count > 0).Select(condition => outcome.Result.Points[condition.Best]))
        {
            var scenario = PointScenario.Read(outcome.File.Scenario, outcome.Plan.SettingsOf(point));
            folder.Write(BestFile(point.Index), path => File.WriteAllText(path, scenario.Moved($"{outcome.File.Name}-point-{point.Index}", best)));
        }
    }

    private static IEnumerable<string> PointRows(SweepOutcome outcome) =>
    [
        Join(["point", .. KeyNames(outcome), "replications", .. SweepMetric.All.SelectMany(static metric => new[] { metric.Column, $"{metric.Column}_half95" })]),
        .. outcome.Result.Points.Select(point => Join(
        [
            .. Keys(point), Show(outcome.File.Replications), .. outcome.Summaries[point.Index].SelectMany(static metric => new[] { Show(metric.Mean), Show(metric.HalfWidth95) }),
        ])),
    ];

    private static IEnumerable<string> FrontierRows(SweepOutcome outcome)
    {
        SweepMetric[] axes = [outcome.File.Frontier.Cost, outcome.File.Frontier.Value];
        return
        [
            Join(["point", .. KeyNames(outcome), .. axes.SelectMany(static metric => new[] { metric.Column, $"{metric.Column}_half95" })]),
            .. outcome.Frontier.Select(point => Join(
                [.. Keys(outcome.Result.Points[point]), .. axes.SelectMany(metric => new[] { Show(outcome.Of(point, metric).Mean), Show(outcome.Of(point, metric).HalfWidth95) })])),
        ];
    }

    private static IEnumerable<string> BestRows(SweepOutcome outcome)
    {
        var goal = outcome.File.Goal.Metric;
        return
        [
            Join(["rank", "point", .. KeyNames(outcome), goal.Column, $"{goal.Column}_half95", "above_best", "above_best_low", "above_best_high", "scenario"]),
            .. outcome.Conditions.SelectMany(condition => condition.Ranked.Take(Top).Select((point, rank) =>
            {
                var against = rank == 0 ? null : condition.AgainstBest[rank - 1];
                return Join(
                [
                    Show(rank + 1), .. Keys(outcome.Result.Points[point]), Show(outcome.Of(point, goal).Mean), Show(outcome.Of(point, goal).HalfWidth95),
                    Show(against?.Difference), Show(against?.Low), Show(against?.High), rank == 0 && condition.Rivals.Count > 0 ? BestFile(point) : "",
                ]);
            })),
        ];
    }

    private static IEnumerable<string> KeyNames(SweepOutcome outcome) => outcome.File.Axes.Select(static axis => axis.Column);

    private static IEnumerable<string> Keys(SweepPoint point) => [Show(point.Index), .. point.Values.Select(static value => value.Label)];

    private static string Show(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static string Join(IEnumerable<string> cells) => string.Join(',', cells.Select(static cell =>
        cell.AsSpan().ContainsAny(",\"\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell));
}
