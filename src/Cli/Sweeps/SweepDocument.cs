using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Sweeps;

/// <summary>What <c>sweep.json</c> says: all that was asked, with which tool, and what came out.</summary>
internal static class SweepDocument
{
    private const int Schema = 1;

    public static object Of(SweepOutcome outcome) => new
    {
        Schema,
        Tool = SweepPlanReader.Tool,
        outcome.File.Name,
        outcome.Plan.Identity.Key,
        Scenario = Path.GetFileName(outcome.File.Scenario),
        ScenarioHash = ContentHash.OfFile(outcome.File.Scenario),
        Profile = outcome.File.Profile is { } profile ? new { File = Path.GetFileName(profile), Hash = ContentHash.OfFile(profile) } : null,
        outcome.Plan.Settings,
        Varied = outcome.File.Axes.Select(static axis => new { axis.Path, axis.Column, Values = axis.Values.Select(Value) }),
        outcome.File.Replications,
        outcome.Result.Seeds,
        Goal = new { Metric = outcome.File.Goal.Metric.Name, outcome.File.Goal.Objective },
        Compared = outcome.File.Compared.Path,
        Frontier = new { Axes = new[] { outcome.File.Frontier.Cost.Name, outcome.File.Frontier.Value.Name }, Points = outcome.Frontier },
        Metrics = SweepMetric.All.Select(static metric => new { metric.Name, metric.Column, metric.Unit, metric.HigherIsBetter }),
        Says = outcome.Sentences(),
        Warnings = outcome.Warnings(),
        Conditions = outcome.Conditions.Select(static condition => new
        {
            condition.Label,
            condition.Ranked,
            condition.ToldApart,
            condition.Rivals,
            Best = condition.Rivals.Count > 0 ? SweepFiles.BestFile(condition.Best) : null,
            condition.AgainstBest,
        }),
        Points = outcome.Result.Points.Select(point => new
        {
            point.Index,
            Values = point.Values.Select(Value),
            MeetsObjective = outcome.File.Goal.Objective is null ? null : outcome.Meets(point.Index),
            Metrics = SweepMetric.All.Zip(outcome.Summaries[point.Index]).ToDictionary(static pair => pair.First.Name, static pair => pair.Second),
        }),
    };

    private static object Value(SweepValue value) => value.Number is { } number ? number : value.Label;
}
