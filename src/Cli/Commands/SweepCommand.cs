using System.CommandLine;
using SimServe.Cli.Plots;
using SimServe.Cli.Sweeps;
using SimServe.Cli.Terminals;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve sweep</c>: a grid of scenarios on common random numbers, on all cores; can be ended and taken up again.</summary>
internal static class SweepCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var sweep = new Argument<string>("sweep") { Description = "the sweep file (JSON)" };
        var resume = new Option<bool>("--resume") { Description = "take over the finished runs of a sweep that was ended" };
        var query = new Option<string?>("--query") { Description = "run nothing, but answer SQL over a finished sweep: tables runs and points" };
        var common = new CommonOptions();
        var command = new Command("sweep", "Simulates a grid of scenarios on all cores.") { sweep, common.Parallel, resume, query, common.Format, common.Plots, common.Output, common.Settings };
        command.SetAction(parsed =>
        {
            var request = new SweepRequest(
                parsed.GetRequiredValue(sweep), parsed.GetValue(common.Settings) ?? [], parsed.GetValue(common.Parallel), parsed.GetValue(resume), parsed.GetValue(common.Output));
            var json = common.IsJson(parsed);
            return parsed.GetValue(query) is { } sql ? Query(request, sql, json, terminal) : Run(request, common.PlotsOf(parsed), json, terminal, cancellation);
        });
        return command;
    }

    private static int Run(SweepRequest request, PlotFormats plots, bool json, Terminal terminal, CancellationToken cancellation)
    {
        var plan = SweepPlanReader.Read(request);
        var (result, folder) = new SweepJob(plan, request, terminal, cancellation).Run();
        var outcome = SweepFiles.Write(plan, result, folder, plots);
        if (json)
        {
            terminal.Say(File.ReadAllText(Path.Combine(folder.Location, SweepFiles.Summary)).TrimEnd());
        }
        else
        {
            SweepPrinter.Print(terminal, outcome, folder);
        }

        return outcome.IsGoalMet ? ExitCode.Done : ExitCode.GoalNotMet;
    }

    private static int Query(SweepRequest request, string sql, bool json, Terminal terminal)
    {
        var faults = new List<InputFault>();
        var folder = SweepJob.FolderOf(SweepReader.Read(request.File, faults).Name, request.Folder);
        if (!File.Exists(Path.Combine(folder, SweepFiles.Summary)))
        {
            faults.Add(new InputFault("--query", $"\"{folder}\", where no sweep is finished", "the folder of a finished sweep", "Run the sweep first, or name its folder with --out."));
        }

        faults.ThrowIfAny(request.File);
        using var database = SweepDatabase.Open(folder);
        var answer = database.Query(sql);
        if (json)
        {
            terminal.Say(answer.ToJson());
        }
        else
        {
            SweepPrinter.Print(terminal, answer);
        }

        return ExitCode.Done;
    }
}
