using System.CommandLine;
using SimServe.Cli.Planning;
using SimServe.Cli.Plots;
using SimServe.Cli.Terminals;
using SimServe.GpuBackend.Models;
using SimServe.Simulator.Catalogue;
using SimServe.Simulator.Fleets;
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
        var common = new CommonOptions();
        var command = new Command("plan", "Finds the cheapest fleet that meets an objective, with its confidence.")
        {
            plan, common.Seed, common.Parallel, common.Format, common.Plots, common.Output, common.Settings,
        };
        command.SetAction(parsed =>
        {
            var (path, threads, faults) = (parsed.GetRequiredValue(plan), parsed.GetValue(common.Parallel), new List<InputFault>());
            faults.CheckThreads(threads);
            var file = faults.Try(() => Read(path, common.SettingsWithSeed(parsed)));
            faults.AddRange(file is null ? [] : DeviceMemoryFaults.Of(file.Hosts?.Host ?? new HostOptions(), PublishedShapes.Of(file.Model), file.Steps, file.Candidates.Select(static candidate => DeviceCatalogue.Find(candidate.Device))));
            faults.ThrowIfAny(path);
            return Run(file!, threads, parsed.GetValue(common.Output), common.PlotsOf(parsed), common.IsJson(parsed), terminal, cancellation);
        });
        return command;
    }

    private static PlanFile Read(string file, IReadOnlyList<string> settings) => File.Exists(file)
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
