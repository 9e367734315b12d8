using System.CommandLine;
using SimServe.Cli.Plots;
using SimServe.Cli.RealRuns;
using SimServe.Cli.Reports;
using SimServe.Cli.Simulations;
using SimServe.Cli.Terminals;
using SimServe.Cli.Validation;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Reports.Runs;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve run</c>: a scenario on real devices, by the clock on the wall.</summary>
internal static class RunCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var scenario = new Argument<string>("scenario") { Description = "the scenario file (JSON)" };
        var device = new ServingDevice();
        var goal = new Option<double>("--goal") { Description = "share of requests that must meet their objective", DefaultValueFactory = static _ => RunReport.DefaultGoal };
        var decisions = new Option<bool>("--decisions") { Description = "write every decision with what the policy saw" };
        var cache = new Option<string?>("--cache") { Description = "a folder for recordings of templates: those that are there need not be recorded, and new ones stay for later runs" };
        var common = new CommonOptions();
        var command = new Command("run", "Serves one scenario on real devices and leaves the files that a simulated run leaves.")
        {
            scenario, common.Profile, common.Output, common.Settings, common.Seed, cache, goal, decisions, common.Format, common.Plots,
        };
        device.AddTo(command);
        command.SetAction(parsed =>
        {
            if (device.Find(parsed, terminal) is not { } serving)
            {
                return ExitCode.MissingDeviceOrFile;
            }

            var file = parsed.GetRequiredValue(scenario);
            var faults = new List<Simulator.Scenarios.InputFault>();
            faults.CheckNumber("--goal", parsed.GetValue(goal), 0.001, 1);
            var files = faults.Try(() => ScenarioFiles.Read(file, common.SettingsWithSeed(parsed)).On(serving));
            faults.ThrowIfAny(file);
            var profile = parsed.GetValue(common.Profile) is { } path ? GivenProfile.Read(path, files!, file) : null;
            return Run(files!, profile, parsed.GetValue(cache), parsed.GetValue(common.Output), parsed.GetValue(decisions), parsed.GetValue(goal), common.PlotsOf(parsed), common.IsJson(parsed), terminal, cancellation);
        });
        return command;
    }

    private static int Run(
        ScenarioFiles files, DeviceProfile? profile, string? cache, string? output, bool decisions, double goal, PlotFormats plots, bool json, Terminal terminal, CancellationToken cancellation)
    {
        var folder = new RunFolder(output ?? Path.Combine("out", $"{files.Scenario.Name}-measured"));
        RealRunOutcome outcome;
        try
        {
            outcome = new RealRunJob(files, profile, new ConsoleProgress(terminal.Error), cancellation, cache).Run(folder, decisions, goal, plots);
        }
        catch
        {
            folder.DeleteIfEmpty();
            throw;
        }

        if (json)
        {
            terminal.Say(SummaryFile.Serialise(outcome.Run, outcome.Facts, null).TrimEnd());
        }
        else
        {
            Print(terminal, files, outcome, folder);
        }

        return outcome.Run.Rates.SloAttainmentHigh < goal || !outcome.Run.Verdict.IsSound ? ExitCode.GoalNotMet : ExitCode.Done;
    }

    private static void Print(Terminal terminal, ScenarioFiles files, RealRunOutcome outcome, RunFolder folder)
    {
        var scenario = files.Scenario;
        terminal.Say($"{scenario.Name}: {outcome.Run.Injected} requests on {files.Serving.Workers(scenario.Fleet.Workers)}, for real; {ValidationTables.Describe(scenario.Policies)}");
        terminal.Output.Write(SimulationTable.Of(scenario.Policies.Pipeline, outcome.Run));
        if (outcome.Floor is { } floor)
        {
            ValidationTables.PrintFloor(terminal, floor);
        }

        if (outcome.Run.Caches is { } caches)
        {
            terminal.Say($"caches      {CacheWords.Of(caches)}");
        }

        foreach (var message in outcome.CacheMessages.Take(5))
        {
            terminal.Say($"cache file  {message}");
        }

        foreach (var fault in outcome.Faults.Take(5))
        {
            terminal.Say($"fault       {fault}");
        }

        foreach (var failure in outcome.Run.Verdict.Failures)
        {
            terminal.Say($"unsound     {failure}");
        }

        ValidationTables.PrintFiles(terminal, folder);
    }
}
