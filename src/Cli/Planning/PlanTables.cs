using System.Globalization;
using SimServe.Simulator.Planning;
using SimServe.Simulator.Reports.Html;

namespace SimServe.Cli.Planning;

/// <summary>The tables of a plan's report.</summary>
internal sealed class PlanTables(CapacityQuestion question, PlanResult result)
{
    private const double SecondsPerHour = 3600;

    private IReadOnlyList<FleetOption> Options => question.Options;

    public HtmlTable Answers() => new()
    {
        Title = "Fleets that meet the objective",
        Note = question.Spares > 0 ? "The cheapest first; prices with the spare, all else of the fleet without it." : "The cheapest first.",
        Columns = ["fleet", "workers needed", "$/h", "$/1000 good", "p50, s", "p95, s", "p99, s", "attainment", "busy", "most requests/s", "kW"],
        Rows = [.. result.Answers.Select(Row)],
        HighlightedRows = [0],
    };

    public HtmlTable Devices() => new()
    {
        Title = "What one device can do",
        Note = "Before any simulation. Images for a dollar: at the most requests/s, which no policy exceeds. Load/compute: time to load a template's rows over that to compute; above 1 the link binds. Needed: workers without the spare.",
        Columns = ["device", "most requests/s", "images for $1", "latency alone, s", "in time alone", "load/compute", "needed"],
        Rows = [.. result.Facts.Select(Row)],
    };

    public HtmlTable Impossible() => new()
    {
        Title = "Devices that cannot do it alone",
        Columns = ["device", "binding", "why"],
        Rows = [.. result.Impossible.Select(impossible =>
        {
            // Reasons begin with what binds.
            var parts = impossible.Reason.Split(": ", 2);
            return new HtmlCell[] { Options[impossible.Option].Label, parts[0], parts[^1] };
        })],
    };

    public HtmlTable Prices() => new()
    {
        Title = "Prices, and what the times rest on",
        Columns = ["device", "$/h", "price from", "times", "which rest on"],
        Rows = [.. Options.Select(static option => new HtmlCell[]
        {
            option.Label, Number(option.UsdPerHour, "0.00"), option.PriceSource, PlanWords.Kind(option), option.Provenance.Statement,
        })],
    };

    private HtmlCell[] Row(PlanAnswer answer)
    {
        var run = answer.Evaluation;
        return
        [
            answer.Recommended.Describe(Options), HtmlCell.Of(answer.Needed.Workers, $"{answer.Needed.Workers}"), Number(answer.UsdPerHour, "0.00"), Number(answer.UsdPerThousandGood, "0.00"),
            Number(run.P50, "0.0"), Number(run.P95, "0.0"), Number(run.P99, "0.0"),
            HtmlCell.Of(run.Attainment, FormattableString.Invariant($"{run.Attainment:0.0%} ({run.Low:0.0%} to {run.High:0.0%})")), HtmlCell.Percent(run.Utilisation),
            answer.HeadroomRequestsPerSecond is { } most ? Number(most, "0.0") : HtmlCell.Of(double.NaN), answer.Watts is { } watts ? Number(watts / 1000, "0.0") : HtmlCell.Of(double.NaN),
        ];
    }

    private HtmlCell[] Row(OptionFacts facts)
    {
        var option = Options[facts.Option];
        var needed = result.Answers.FirstOrDefault(answer => !answer.Needed.IsMix && answer.Needed.First == facts.Option)?.Needed.Workers;
        return
        [
            option.Label, Number(facts.RequestsPerSecond, "0.000"), Number(facts.RequestsPerSecond * SecondsPerHour / option.UsdPerHour, "0"), Number(facts.AloneSeconds, "0.00"),
            HtmlCell.Percent(facts.AttainmentAlone), Number(facts.LoadOverCompute, "0.00"), needed is { } workers ? HtmlCell.Of(workers, $"{workers}") : HtmlCell.Of(double.NaN),
        ];
    }

    private static HtmlCell Number(double value, string format) => HtmlCell.Of(value, value.ToString(format, CultureInfo.InvariantCulture));
}
