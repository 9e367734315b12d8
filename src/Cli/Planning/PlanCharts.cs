using SimServe.Simulator.Planning;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Cli.Planning;

/// <summary>The charts of a plan's report.</summary>
internal sealed class PlanCharts(CapacityQuestion question, PlanResult result)
{
    private const string Mix = "mix of two";

    private static readonly ChartAxis Dollars = new("price of the fleet", "$/h");
    private static readonly ChartAxis Share = new("attainment", null, ChartScale.Share);

    private ChartThreshold Objective => new(question.Objective.Attainment, $"objective {question.Objective}");

    public FrontierChart Attainment() => new()
    {
        Title = "Attainment against price",
        Note = "Up and to the left is better. Whiskers are the interval at which the search stopped; a fleet meets the objective when all of it does.",
        XAxis = Dollars,
        YAxis = Share,
        YThresholds = [Objective],
        Points = [.. result.Evaluations.Select(run => Point(run, run.Attainment) with { YLow = run.Low, YHigh = run.High })],
    };

    public FrontierChart Tail() => new()
    {
        Title = "p95 latency against price",
        Note = "Down and to the left is better.",
        XAxis = Dollars,
        YAxis = new ChartAxis("p95 latency", "s", ChartScale.Logarithmic),
        HigherYIsBetter = false,
        YThresholds = question.Objective.Seconds is { } seconds ? [new ChartThreshold(seconds, $"objective {question.Objective}")] : [],
        Points = [.. result.Evaluations.Select(run => Point(run, run.P95))],
    };

    public BarChart Costs() => new()
    {
        Title = "What the answers cost",
        Axis = Dollars,
        Bars = [.. result.Answers.Select(answer => new ChartBar(
            answer.Recommended.Describe(question.Options),
            answer.UsdPerHour,
            Detail: FormattableString.Invariant($"${answer.UsdPerThousandGood:0.00} for a thousand images that keep their bound; {answer.Evaluation.Attainment:0.0%} do")))],
    };

    public LineChart Sizes() => new()
    {
        Title = "Attainment by number of workers",
        XAxis = new ChartAxis("workers, without the spare"),
        YAxis = Share,
        YThresholds = [Objective],
        Series = [.. result.Evaluations.Where(static run => !run.Fleet.IsMix).GroupBy(static run => run.Fleet.First).OrderBy(static group => group.Key).Select(group => new ChartSeries
        {
            Name = question.Options[group.Key].Label,
            Points = [.. group.Select(static run => new ChartPoint(run.Fleet.Workers, run.Attainment, run.Low, run.High))],
        })],
    };

    private FrontierPoint Point(FleetEvaluation run, double y)
    {
        // A fleet that meets the objective only when a mix's other kind is spared too is no answer, whatever its place.
        var answer = result.Answers.FirstOrDefault(one => one.Needed == run.Fleet);
        var rented = answer?.Recommended ?? Spared(run.Fleet);
        return new FrontierPoint
        {
            Name = rented.Describe(question.Options),
            X = rented.UsdPerHour(question.Options),
            Y = y,
            Group = run.Fleet.IsMix ? Mix : question.Options[run.Fleet.First].Label,
            Detail = FormattableString.Invariant($"{Verdict(run)}; p50 {run.P50:0.0} s, p99 {run.P99:0.0} s, busy {run.Utilisation:0%}"),
            IsRecommended = answer is not null && answer == result.Answers[0],
        };
    }

    private static string Verdict(FleetEvaluation run) => run.Verdict switch
    {
        FleetVerdict.Meets => "meets the objective",
        FleetVerdict.Misses => "misses the objective",
        FleetVerdict.CannotTell => "cannot be told from the objective",
        _ => throw new InvalidOperationException($"Unknown verdict {run.Verdict}."),
    };

    // As the planner does: a spare of the faster kind.
    private Fleet Spared(Fleet fleet)
    {
        var isSecondFaster = fleet.IsMix && result.Facts[fleet.Second].RequestsPerSecond > result.Facts[fleet.First].RequestsPerSecond;
        return fleet.With(isSecondFaster ? fleet.Second : fleet.First, question.Spares);
    }
}
