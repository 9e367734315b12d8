using System.Globalization;
using SimServe.Simulator.Planning;
using SimServe.Simulator.Reports.Html;

namespace SimServe.Cli.Planning;

/// <summary>The <c>report.html</c> of a plan: the same plan gives the same bytes.</summary>
internal sealed class PlanPage(PlanJob job, PlanResult result)
{
    private const double Sure = 0.95;

    private readonly PlanWords _words = new(job, result);
    private readonly PlanCharts _charts = new(job.Question, result);
    private readonly PlanTables _tables = new(job.Question, result);

    private CapacityQuestion Question => job.Question;

    public HtmlReport Report() => new()
    {
        Title = $"Plan {job.File.Name}",
        Subtitle = _words.Title[(job.File.Name.Length + 2)..],
        Verdict = Verdict(),
        Facts = [.. Facts()],
        Sections =
        [
            .. result.Answers.Count > 0 ? [Ranking()] : Array.Empty<HtmlSection>(),
            Frontier(),
            new HtmlSection
            {
                Heading = "Size of the fleet",
                Paragraphs = ["Fleets of one kind of device as the search met them, without the spare: it starts at the least number that can carry the load at all, and stops at the least that meets the objective."],
                Items = [_charts.Sizes()],
            },
            new HtmlSection { Heading = "Devices", Items = [.. result.Impossible.Count > 0 ? [_tables.Impossible()] : Array.Empty<HtmlTable>(), _tables.Devices()] },
            new HtmlSection { Heading = "Prices and sources", Items = [_tables.Prices()] },
            new HtmlSection { Heading = "Assumptions", Paragraphs = [.. Assumptions()] },
        ],
    };

    private HtmlVerdict Verdict() => new(
        _words.Verdict,
        result.Probability is not { } probability ? HtmlVerdictKind.Bad : probability.Value >= Sure ? HtmlVerdictKind.Good : HtmlVerdictKind.Unknown);

    private HtmlSection Ranking() => new()
    {
        Heading = "Answers",
        Paragraphs = [.. _words.Neighbours.Concat(_words.Mixes).Select(static line => $"{Capital(line.Label)}: {line.Text}.")],
        Items = [_tables.Answers(), _charts.Costs()],
    };

    private HtmlSection Frontier() => new()
    {
        Heading = "Dollars against service",
        Paragraphs = [Question.Spares > 0
            ? "Every fleet that was simulated: its price with the spare, and what it reaches when as many workers are lost as there are spares."
            : "Every fleet that was simulated."],
        Items = [_charts.Attainment(), _charts.Tail()],
    };

    private IEnumerable<HtmlFact> Facts()
    {
        yield return new HtmlFact("seed", $"{job.File.Seed}");
        yield return new HtmlFact("simulated", Say($"{result.FleetsSimulated} fleets, {result.Replications} replications of {Question.Workload.Requests} requests"));
        yield return new HtmlFact("confidence", Say($"{Question.Confidence * 100:0.##} %"));
        yield return new HtmlFact("calibration error", Question.CalibrationError is { } error
            ? Say($"deviation of the logarithm {error.LogStandardDeviation:0.####}; planned for times ×{Question.PlannedFactor:0.00}")
            : "not known, not covered");
        yield return new HtmlFact("times", string.Join(", ", Question.Options.DistinctBy(static option => option.Device.Name)
            .GroupBy(PlanWords.Kind, static option => option.Device.Name).Select(static group => $"{group.Key}: {string.Join(", ", group)}")));
        yield return new HtmlFact("tool", Sweeps.SweepPlanReader.Tool);
    }

    private IEnumerable<string> Assumptions()
    {
        yield return $"Policies: {_words.Policies.Text}.";
        if (result.Probability is { } probability)
        {
            yield return $"The probability covers {probability.Covers}.";
        }

        foreach (var line in _words.Caches)
        {
            yield return $"{Capital(line.Label)} templates: {line.Text}.";
        }

        yield return Question.Hosts is null
            ? "Hosts are not modelled: workers do not share links."
            : "Hosts hold workers of one kind, which share what the plan says a host has.";
        yield return "A request that is rejected or shed does not meet the objective. Prices do not depend on the number of devices, and spot devices are not taken away. All devices share one calibration error.";
        if (result.Answers.Count > 0)
        {
            yield return "recommended-scenario.json beside this file is the recommended fleet as a scenario for simserve simulate; plan.json and plan.csv hold all numbers.";
        }
    }

    private static string Capital(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}";

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
