using System.Globalization;
using SimServe.Cli.Reports;
using SimServe.Cli.Terminals;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Statistics;
using Spectre.Console;

namespace SimServe.Cli.Comparison;

/// <summary>What <c>compare</c> prints and writes.</summary>
internal sealed class ComparisonReport(ComparisonPlan plan, ComparisonJob job, SequentialResult result)
{
    public const string Json = "comparison.json";

    // Every pair has a verdict.
    public bool IsDecided => result.Pairs.All(static pair => pair.Verdict != Verdict.CannotTellYet);

    public void Write(RunFolder folder)
    {
        folder.WriteJson(Json, new
        {
            Schema = 1,
            Scenario = plan.Files[0].Scenario.Name,
            Model = plan.Files[0].Scenario.ModelName,
            Times = plan.Files[0].Provenance,
            plan.Seed,
            Varied = plan.Variation.Path,
            Metric = plan.Metric.Name,
            plan.Metric.Unit,
            plan.Metric.HigherIsBetter,
            plan.Options.Confidence,
            plan.Options.Indifference,
            ReplicationsMax = plan.Options.MostReplications,
            Variants = plan.Variation.Values.Select((value, index) => new
            {
                Name = Letter(index), Value = value, Replications = result.Samples[index].Count, Failed = job.Failed[index], plan.Files[index].Scenario.Policies,
            }),
            Pairs = result.Pairs.Select((pair, index) => new { First = Letter(0), Second = Letter(index + 1), Says = Says(index), Result = pair }),
            job.Extrapolated,
        });
        folder.Write("differences.csv", path => File.WriteAllLines(path, Rows()));
    }

    public void Print(Terminal terminal, RunFolder folder)
    {
        terminal.Say($"{plan.Files[0].Scenario.Name}: {plan.Metric.Name} in {plan.Metric.Unit}, {string.Join(", ", plan.Variation.Values.Select((value, index) => $"{Letter(index)} = {value}"))} ({plan.Variation.Path}); common random numbers");
        foreach (var source in plan.Files.SelectMany(static file => file.Provenance).Distinct())
        {
            terminal.Say($"times: {source}");
        }

        terminal.Output.Write(Table());
        for (var pair = 0; pair < result.Pairs.Count; pair++)
        {
            terminal.Say($"verdict     {Says(pair)}");
        }

        if (job.Failed.Any(static failed => failed > 0))
        {
            terminal.Say($"warning     requests failed ({string.Join(", ", job.Failed.Select(static (failed, index) => $"{Letter(index)}: {failed}"))}): latencies are those of completed requests only");
        }

        if (job.Extrapolated.Count > 0)
        {
            terminal.Say($"warning     the cost model was asked outside the range of its samples for: {string.Join(", ", job.Extrapolated)}");
        }

        ValidationTables.PrintFiles(terminal, folder);
    }

    private Table Table()
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in new[] { "pair", "first", "second", "difference", "interval", "replications", "variance removed" })
        {
            table.AddColumn(new TableColumn(column) { NoWrap = true });
        }

        foreach (var (pair, index) in result.Pairs.Select(static (pair, index) => (pair, index)))
        {
            table.AddRow(
                $"{Letter(0)}, {Letter(index + 1)}", Number(pair.FirstMean), Number(pair.SecondMean), Number(pair.Difference),
                $"{Number(pair.Low)} to {Number(pair.High)}", pair.Replications.ToString(CultureInfo.InvariantCulture),
                pair.VarianceRemoved?.ToString("0.0%", CultureInfo.InvariantCulture) ?? "-");
        }

        return table;
    }

    private string Says(int index)
    {
        var pair = result.Pairs[index];
        var (first, second) = (Letter(0), Letter(index + 1));
        var estimate = $"{second} - {first} = {Number(pair.Difference)} {plan.Metric.Unit}, from {Number(pair.Low)} to {Number(pair.High)}, after {pair.Replications} replications";
        return pair.Verdict switch
        {
            Verdict.NoDifference => $"{first} and {second}: no difference worth mentioning ({estimate}; below {Number(pair.Indifference)} does not matter)",
            Verdict.CannotTellYet => $"{first} and {second}: cannot tell yet ({estimate}); allow more with --replications-max",
            Verdict.FirstIsLower => Better(plan.Metric.HigherIsBetter ? index + 1 : 0, index + 1, estimate),
            Verdict.SecondIsLower => Better(plan.Metric.HigherIsBetter ? 0 : index + 1, index + 1, estimate),
            _ => throw new InvalidOperationException($"Unknown verdict {pair.Verdict}."),
        };
    }

    private string Better(int better, int second, string estimate) =>
        $"{Letter(better)} is better than {Letter(better == 0 ? second : 0)}: {plan.Variation.Values[better]} has the {(plan.Metric.HigherIsBetter ? "higher" : "lower")} {plan.Metric.Name} ({estimate})";

    private IEnumerable<string> Rows()
    {
        yield return $"replication,seed,{string.Join(',', result.Samples.Select(static (_, index) => Letter(index)))},{string.Join(',', result.Pairs.Select(static (_, index) => $"{Letter(index + 1)}-{Letter(0)}"))}";
        for (var replication = 0; replication < result.Samples[0].Count; replication++)
        {
            double?[] values = [.. result.Samples.Select(samples => replication < samples.Count ? samples[replication] : (double?)null)];
            var cells = values.Concat(values.Skip(1).Select(value => value - values[0])).Select(static value => value?.ToString("R", CultureInfo.InvariantCulture));
            yield return string.Create(CultureInfo.InvariantCulture, $"{replication},{ComparisonJob.SeedOf(plan.Seed, replication)},{string.Join(',', cells)}");
        }
    }

    private static string Letter(int index) => index < 26 ? ((char)('A' + index)).ToString() : $"V{index + 1}";

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
