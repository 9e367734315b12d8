using SimServe.Simulator.Reports.Html;
using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Sweeps;

/// <summary>The <c>report.html</c> of a sweep: the same runs give the same bytes.</summary>
internal static class SweepReport
{
    private const int HashDigits = 12;
    private const int MostOfFact = 40;

    public static HtmlReport Of(SweepOutcome outcome)
    {
        var view = new SweepView(outcome);
        var file = outcome.File;
        return new HtmlReport
        {
            Title = $"Sweep {file.Name}",
            Subtitle = $"{outcome.Result.Points.Count} points: {string.Join(" × ", file.Axes.Select(static axis => $"{axis.Values.Count} {axis.Path}"))}, ranked by {file.Goal.Metric.Name}{Asked(file.Goal)}",
            Verdict = Verdict(outcome),
            Facts = [.. Facts(outcome)],
            Sections =
            [
                new HtmlSection
                {
                    Heading = view.Over is { } over ? $"Over {over.Column}" : "Metrics",
                    Warnings = outcome.Warnings(),
                    Items = [.. view.Metrics.Take(1).Select(metric => SweepCharts.Of(view, metric)), .. Differences(view), .. view.Metrics.Skip(1).Select(metric => SweepCharts.Of(view, metric))],
                },
                new HtmlSection { Heading = "What is paid and what is got", Items = [.. view.Frontiers().Select(pair => SweepCharts.Frontier(view, pair.Cost, pair.Value))] },
                new HtmlSection { Heading = "Ranking", Items = [SweepRanking.Of(view)] },
                new HtmlSection { Heading = "How it was done", Paragraphs = [.. Method(outcome)] },
            ],
        };
    }

    private static IEnumerable<Simulator.Reports.Charts.ReportItem> Differences(SweepView view) => SweepCharts.Differences(view) is { } chart ? [chart] : [];

    private static HtmlVerdict? Verdict(SweepOutcome outcome)
    {
        var sentences = outcome.Sentences();
        if (sentences.Count == 0)
        {
            return null;
        }

        var isOpen = outcome.File.Goal.Objective is null
            ? !outcome.Conditions.Any(static condition => condition.ToldApart)
            : !outcome.IsGoalMet && outcome.Result.Points.Any(point => outcome.Meets(point.Index) is null);
        return new HtmlVerdict(string.Join(" ", sentences), isOpen ? HtmlVerdictKind.Unknown : outcome.IsGoalMet ? HtmlVerdictKind.Good : HtmlVerdictKind.Bad);
    }

    private static IEnumerable<HtmlFact> Facts(SweepOutcome outcome)
    {
        var file = outcome.File;
        yield return new HtmlFact("scenario", $"{Path.GetFileName(file.Scenario)}, sha256 {ContentHash.OfFile(file.Scenario)[..HashDigits]}");
        if (file.Profile is { } profile)
        {
            yield return new HtmlFact("profile", $"{Path.GetFileName(profile)}, sha256 {ContentHash.OfFile(profile)[..HashDigits]}");
        }

        if (outcome.Plan.Settings.Count > 0)
        {
            yield return new HtmlFact("settings", string.Join(", ", outcome.Plan.Settings));
        }

        yield return new HtmlFact("replications", $"{file.Replications} at every point");
        yield return new HtmlFact("seeds", Seeds(outcome.Result.Seeds));
        yield return new HtmlFact("times", string.Join("; ", Times(outcome).Select(Short)));
        yield return new HtmlFact("tool", SweepPlanReader.Tool);
    }

    private static IEnumerable<string> Method(SweepOutcome outcome)
    {
        yield return "Every point is simulated several times. Replication r has the same seed at every point, so points differ by what was varied and not by luck: differences are paired, and vary less than the points' own means.";
        yield return "A value is called best when it beats each of the others by more than chance, and its advantage is not surely below 1 % of its mean. All such statements of the sweep together are right with 95 % confidence.";
        if (outcome.File.Goal.Objective is not null)
        {
            yield return "The objective is met, or missed, when the whole 95 % interval of a point's mean says so; in between it cannot be told.";
        }

        foreach (var times in Times(outcome))
        {
            yield return $"Times: {times}.";
        }

        yield return "All numbers are in sweep.csv beside this file, all runs in sweep.parquet: simserve sweep with --query asks them anything in SQL.";
    }

    private static IEnumerable<string> Times(SweepOutcome outcome) => outcome.Plan.Simulations.SelectMany(static simulation => simulation.Provenance).Distinct();

    // Device and kind come first; what they rest on is said in full below.
    private static string Short(string provenance)
    {
        var parts = provenance.Split(", ");
        var (text, next) = (parts[0], 1);
        while (next < parts.Length && text.Length + parts[next].Length < MostOfFact)
        {
            text += $", {parts[next++]}";
        }

        return text;
    }

    private static string Asked(SweepGoal goal) => goal.Objective is { } objective
        ? FormattableString.Invariant($", of which at {(goal.Metric.HigherIsBetter ? "least" : "most")} {objective}{(goal.Metric.IsShare() ? "" : $" {goal.Metric.Unit}")} is asked")
        : "";

    private static string Seeds(IReadOnlyList<int> seeds) => seeds.Count <= 6 ? string.Join(", ", seeds) : $"{string.Join(", ", seeds.Take(3))}, ... (all in sweep.json)";
}
