using System.CommandLine;
using SimServe.Cli.Planning;
using SimServe.Cli.Plots;
using SimServe.Cli.Terminals;
using SimServe.GpuBackend.Models;
using SimServe.Simulator.Planning;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve plan</c>: the cheapest fleet that meets an objective.</summary>
internal static class PlanCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var plan = new Argument<string>("plan") { Description = "the plan file (JSON)" };
        var seed = new Option<string?>("--seed") { Description = "seed in place of the plan's" };
        var parallel = new Option<int>("--parallel") { Description = "runs at a time, from 1 to 1024; the answer does not depend on it", DefaultValueFactory = static _ => Environment.ProcessorCount };
        var format = new Option<string>("--format") { Description = "table or json", DefaultValueFactory = static _ => "table" };
        var plots = PlotOption.Create();
        var output = ScenarioOptions.Output();
        var settings = ScenarioOptions.Settings();
        format.AcceptOnlyFromAmong("table", "json");
        parallel.Validators.Add(static found =>
        {
            if (found.GetValueOrDefault<int>() is < 1 or > 1024)
            {
                found.AddError("--parallel: allowed: a whole number from 1 to 1024. Write one in that range.");
            }
        });
        var command = new Command("plan", "Finds the cheapest fleet that meets an objective, with its confidence.") { plan, seed, parallel, format, plots, output, settings };
        command.SetAction(parsed =>
        {
            var overrides = (parsed.GetValue(settings) ?? []).ToList();
            if (parsed.GetValue(seed) is { } value)
            {
                overrides.Add($"seed={value}");
            }

            return Run(
                Read(parsed.GetRequiredValue(plan), overrides),
                parsed.GetValue(parallel),
                parsed.GetValue(output),
                PlotOption.Of(parsed, plots),
                parsed.GetValue(format) == "json",
                terminal,
                cancellation);
        });
        return command;
    }

    private static PlanFile Read(string file, List<string> settings) => File.Exists(file)
        ? new PlanReader([.. PublishedModels.Names]).Read(file, settings)
        : throw new InvalidInputException(file, [new InputFault("plan", $"\"{file}\", which is not there", "a plan file", "Check the path.")]);

    private static int Run(PlanFile file, int threads, string? output, PlotFormats plots, bool json, Terminal terminal, CancellationToken cancellation)
    {
        var job = new PlanJob(file, threads);
        var result = job.Run(terminal.Complain, cancellation);
        var report = new PlanReport(job, result);
        var folder = new RunFolder(output ?? Path.Combine("out", $"{file.Name}-plan"));
        report.Write(folder, plots);
        if (json)
        {
            terminal.Say(File.ReadAllText(Path.Combine(folder.Location, PlanReport.Json)).TrimEnd());
        }
        else
        {
            report.Print(terminal, folder);
        }

        return report.IsFeasible ? ExitCode.Done : ExitCode.GoalNotMet;
    }
}
