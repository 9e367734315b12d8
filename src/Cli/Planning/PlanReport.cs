using System.Globalization;
using SimServe.Cli.Plots;
using SimServe.Cli.Reports;
using SimServe.Cli.Terminals;
using SimServe.Simulator.Planning;
using SimServe.Simulator.Reports;
using Spectre.Console;

namespace SimServe.Cli.Planning;

/// <summary>What <c>plan</c> prints and writes.</summary>
internal sealed class PlanReport(PlanJob job, PlanResult result)
{
    public const string Json = "plan.json";

    private readonly PlanWords _words = new(job, result);

    private IReadOnlyList<FleetOption> Options => job.Question.Options;

    public bool IsFeasible => result.Answers.Count > 0;

    public void Write(RunFolder folder, PlotFormats plots)
    {
        folder.WriteJson(Json, new
        {
            Schema = 1,
            Plan = job.File,
            RequestsPerReplication = job.Question.Workload.Requests,
            PlannedFactorOnComputeTimes = job.Question.PlannedFactor,
            Says = $"{_words.Recommendation}",
            Explanations = _words.Explanations.Select(static line => $"{line}"),
            Grounds = _words.Grounds.Select(static line => $"{line}"),
            result.Probability,
            Answers = result.Answers.Select(Row),
            Impossible = result.Impossible.Select(impossible => new { Option = Options[impossible.Option].Label, impossible.Reason }),
            result.OneFewer,
            AtMoreLoad = new { PlanResult.MoreLoad, Evaluation = result.AtMoreLoad },
            Devices = result.Facts.Select(facts => new { Options[facts.Option].Label, facts.RequestsPerSecond, facts.AloneSeconds, facts.AttainmentAlone, facts.LoadOverCompute, facts.WeightBytes }),
            result.MixesTried,
            result.MixesLeft,
            result.FleetsSimulated,
            result.Replications,
        });
        folder.Write("plan.csv", path => File.WriteAllLines(path, Csv()));
        ReportFiles.Write(folder, new PlanPage(job, result).Report(), plots);
        if (IsFeasible)
        {
            folder.WriteJson("recommended-scenario.json", RecommendedScenario.Of(job, result.Answers[0]));
        }
    }

    public void Print(Terminal terminal, RunFolder folder)
    {
        terminal.Say(_words.Title);
        terminal.Say($"{_words.Policies}");
        if (IsFeasible)
        {
            terminal.Output.Write(Table());
        }

        if (result.Answers.Count > 1)
        {
            terminal.Output.Write(CostFrontier.Chart(result.Answers, Options));
        }

        foreach (var line in _words.Explanations.Prepend(_words.Recommendation).Concat(_words.Grounds))
        {
            terminal.Say($"{line}");
        }

        ValidationTables.PrintFiles(terminal, folder);
    }

    private Table Table()
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in new[] { "fleet, spare included", "$/h", "$/1000 good", "p50 s", "p95 s", "p99 s", "attainment", "busy", "most req/s", "kW" })
        {
            table.AddColumn(new TableColumn(column) { NoWrap = true, Alignment = column.StartsWith("fleet", StringComparison.Ordinal) ? Justify.Left : Justify.Right });
        }

        foreach (var answer in result.Answers)
        {
            var run = answer.Evaluation;
            table.AddRow(
                Markup.Escape(answer.Recommended.Describe(Options)), Text("0.00", answer.UsdPerHour), Text("0.00", answer.UsdPerThousandGood),
                Text("0.0", run.P50), Text("0.0", run.P95), Text("0.0", run.P99),
                FormattableString.Invariant($"{run.Attainment:0.0%} ({run.Low:0.0%}-{run.High:0.0%})"), Text("0%", run.Utilisation),
                answer.HeadroomRequestsPerSecond is { } most ? Text("0.0", most) : "-", answer.Watts is { } watts ? Text("0.0", watts / 1000) : "-");
        }

        return table;
    }

    private object Row(PlanAnswer answer) => new
    {
        Fleet = answer.Recommended.Describe(Options),
        Needed = answer.Needed.Describe(Options),
        Pools = RecommendedScenario.Pools(answer.Recommended, Options, job.File.Hosts),
        answer.UsdPerHour,
        answer.UsdPerThousandGood,
        answer.Watts,
        answer.HeadroomRequestsPerSecond,
        answer.Evaluation.Replications,
        answer.Evaluation.Attainment,
        AttainmentLow = answer.Evaluation.Low,
        AttainmentHigh = answer.Evaluation.High,
        P50Seconds = answer.Evaluation.P50,
        P95Seconds = answer.Evaluation.P95,
        P99Seconds = answer.Evaluation.P99,
        answer.Evaluation.Utilisation,
        WorkersOn = answer.Evaluation.OnByKind.Sum(),
    };

    private IEnumerable<string> Csv()
    {
        yield return "fleet,needed,usd_per_hour,usd_per_1000_good,p50_s,p95_s,p99_s,attainment,attainment_low,attainment_high,utilisation,headroom_requests_per_s,watts";
        foreach (var answer in result.Answers)
        {
            var run = answer.Evaluation;
            double?[] numbers =
            [
                answer.UsdPerHour, answer.UsdPerThousandGood, run.P50, run.P95, run.P99, run.Attainment, run.Low, run.High, run.Utilisation,
                answer.HeadroomRequestsPerSecond, answer.Watts,
            ];
            yield return string.Join(',', [
                answer.Recommended.Describe(Options), answer.Needed.Describe(Options),
                .. numbers.Select(static number => number?.ToString("G6", CultureInfo.InvariantCulture) ?? "")]);
        }
    }

    private static string Text(string format, double value) => value.ToString(format, CultureInfo.InvariantCulture);
}
