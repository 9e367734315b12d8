using System.CommandLine;
using SimServe.Cli.Comparison;
using SimServe.Cli.Terminals;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Statistics;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve compare</c>: variants of one scenario on the same random workloads, until it is clear which is better.</summary>
internal static class CompareCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var scenario = new Argument<string>("scenario") { Description = "the scenario file (JSON)" };
        var vary = new Option<string>("--vary") { Description = "path=a,b: the variants, e.g. policies.routing=round-robin,least-requests; all are compared with the first", Required = true };
        var metric = new Option<string>("--metric") { Description = "what is compared", DefaultValueFactory = static _ => "mean-latency" };
        var most = new Option<int>("--replications-max") { Description = "most simulated runs of each variant", DefaultValueFactory = static _ => 256 };
        var confidence = new Option<double>("--confidence") { Description = "probability that every verdict is right", DefaultValueFactory = static _ => 0.95 };
        var indifference = new Option<double>("--indifference") { Description = "share of the first variant's mean below which a difference does not matter", DefaultValueFactory = static _ => 0.01 };
        var common = new CommonOptions();
        metric.AcceptOnlyFromAmong([.. ComparisonMetric.All.Select(static known => known.Name)]);
        var command = new Command("compare", "Simulates variants of one scenario until it is clear which is better.")
        {
            scenario, common.Profile, vary, metric, most, confidence, indifference, common.Seed, common.Parallel, common.Format, common.Output, common.Settings,
        };
        command.SetAction(parsed =>
        {
            var options = new SequentialOptions
            {
                Variants = 2,
                MostReplications = parsed.GetValue(most),
                Confidence = parsed.GetValue(confidence),
                Indifference = parsed.GetValue(indifference),
                Threads = parsed.GetValue(common.Parallel),
            };
            var plan = ComparisonPlanReader.Read(
                parsed.GetRequiredValue(scenario), parsed.GetValue(common.Profile), parsed.GetRequiredValue(vary), common.SettingsWithSeed(parsed),
                ComparisonMetric.All.Single(known => known.Name == parsed.GetValue(metric)), options);
            return Run(plan, parsed.GetValue(common.Output), common.IsJson(parsed), terminal, cancellation);
        });
        return command;
    }

    private static int Run(ComparisonPlan plan, string? output, bool json, Terminal terminal, CancellationToken cancellation)
    {
        var job = new ComparisonJob(plan, cancellation);
        var result = job.Run((replications, open) => terminal.Complain($"{replications} replications: {open} of {plan.Files.Count - 1} pairs undecided"));
        var report = new ComparisonReport(plan, job, result);
        var folder = new RunFolder(output ?? Path.Combine("out", $"{plan.Files[0].Scenario.Name}-comparison"));
        report.Write(folder);
        if (json)
        {
            terminal.Say(File.ReadAllText(Path.Combine(folder.Location, ComparisonReport.Json)).TrimEnd());
        }
        else
        {
            report.Print(terminal, folder);
        }

        return report.IsDecided ? ExitCode.Done : ExitCode.GoalNotMet;
    }
}
