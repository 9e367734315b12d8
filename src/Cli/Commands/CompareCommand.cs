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
        var profile = new Option<string?>("--profile") { Description = "a profile that validate wrote, or one of profiles/; not with fleet.pools" };
        var vary = new Option<string>("--vary") { Description = "path=a,b: the variants, e.g. policies.routing=round-robin,least-requests; all are compared with the first", Required = true };
        var metric = new Option<string>("--metric") { Description = "what is compared", DefaultValueFactory = static _ => "mean-latency" };
        var most = new Option<int>("--replications-max") { Description = "most simulated runs of each variant", DefaultValueFactory = static _ => 256 };
        var confidence = new Option<double>("--confidence") { Description = "probability that every verdict is right", DefaultValueFactory = static _ => 0.95 };
        var indifference = new Option<double>("--indifference") { Description = "share of the first variant's mean below which a difference does not matter", DefaultValueFactory = static _ => 0.01 };
        var seed = new Option<string?>("--seed") { Description = "seed in place of the scenario's" };
        var parallel = new Option<int>("--parallel") { Description = "runs at a time; the results do not depend on it", DefaultValueFactory = static _ => Environment.ProcessorCount };
        var format = new Option<string>("--format") { Description = "table or json", DefaultValueFactory = static _ => "table" };
        var output = ScenarioOptions.Output();
        var settings = ScenarioOptions.Settings();
        metric.AcceptOnlyFromAmong([.. ComparisonMetric.All.Select(static known => known.Name)]);
        format.AcceptOnlyFromAmong("table", "json");
        var command = new Command("compare", "Simulates variants of one scenario until it is clear which is better.")
        {
            scenario, profile, vary, metric, most, confidence, indifference, seed, parallel, format, output, settings,
        };
        command.SetAction(parsed =>
        {
            var overrides = (parsed.GetValue(settings) ?? []).ToList();
            if (parsed.GetValue(seed) is { } value)
            {
                overrides.Add($"seed={value}");
            }

            var options = new SequentialOptions
            {
                Variants = 2,
                MostReplications = parsed.GetValue(most),
                Confidence = parsed.GetValue(confidence),
                Indifference = parsed.GetValue(indifference),
                Threads = parsed.GetValue(parallel),
            };
            var plan = ComparisonPlanReader.Read(
                parsed.GetRequiredValue(scenario), parsed.GetValue(profile), parsed.GetRequiredValue(vary), overrides,
                ComparisonMetric.All.Single(known => known.Name == parsed.GetValue(metric)), options);
            return Run(plan, parsed.GetValue(output), parsed.GetValue(format) == "json", terminal, cancellation);
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
