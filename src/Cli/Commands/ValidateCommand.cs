using System.CommandLine;
using SimServe.Cli.Reports;
using SimServe.Cli.Terminals;
using SimServe.Cli.Validation;
using SimServe.Simulator.Reports;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve validate</c>: the same scenario in both worlds, and how well the simulator predicted the real run.</summary>
internal static class ValidateCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var scenario = new Argument<string>("scenario") { Description = "the scenario file (JSON)" };
        var device = new ServingDevice();
        var common = new CommonOptions();
        var command = new Command("validate", "Profiles, simulates, runs and compares one scenario.") { scenario, common.Profile, common.Output, common.Settings, common.Seed, common.Format };
        device.AddTo(command);
        command.SetAction(parsed =>
        {
            if (device.Find(parsed, terminal) is not { } serving)
            {
                return ExitCode.MissingDeviceOrFile;
            }

            return Run(
                parsed.GetRequiredValue(scenario), serving, common.SettingsWithSeed(parsed), parsed.GetValue(common.Profile), parsed.GetValue(common.Output), common.IsJson(parsed), terminal, cancellation);
        });
        return command;
    }

    private static int Run(
        string scenario, ServingChoice serving, IReadOnlyList<string> settings, string? profile, string? output, bool json, Terminal terminal, CancellationToken cancellation)
    {
        var files = ScenarioFiles.Read(scenario, settings).On(serving);
        var given = profile is null ? null : GivenProfile.Read(profile, files, scenario);
        var folder = new RunFolder(output ?? Path.Combine("out", files.Scenario.Name));
        ValidationOutcome result;
        try
        {
            result = new ValidationJob(files, given, new ConsoleProgress(terminal.Error), cancellation).Run();
        }
        catch
        {
            folder.DeleteIfEmpty();
            throw;
        }

        ValidationFiles.Write(folder, result);
        if (given is not null && ProfileFaults.Warning(given, serving) is { } warning)
        {
            terminal.Complain(warning);
        }

        if (json)
        {
            terminal.Say(File.ReadAllText(Path.Combine(folder.Location, ValidationFiles.Summary)).TrimEnd());
        }
        else
        {
            ValidationTables.Print(terminal, result, folder);
        }

        return result.BeatsBaseline ? ExitCode.Done : ExitCode.GoalNotMet;
    }
}
