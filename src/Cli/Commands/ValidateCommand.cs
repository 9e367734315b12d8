using System.CommandLine;
using SimServe.Cli.Reports;
using SimServe.Cli.Terminals;
using SimServe.Cli.Validation;
using SimServe.Cli.Validation.Suites;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Suites;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve validate</c>: the same scenario in both worlds, or all those of a suite, and how well the simulator predicted the real runs.</summary>
internal static class ValidateCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var scenario = new Argument<string>("scenario") { Description = "the scenario file, or a suite of them (JSON)" };
        var device = new ServingDevice();
        var check = new Option<string?>("--check") { Description = "a suite's results: predict them anew, on no device, and say what would be predicted otherwise" };
        var addTo = new Option<string?>("--add-to") { Description = "a suite's results: run only the cases that have none, on the profile of the others, and add them" };
        var common = new CommonOptions();
        var command = new Command("validate", "Profiles, simulates, runs and compares a scenario or a suite of them.") { scenario, check, addTo, common.Profile, common.Output, common.Settings, common.Seed, common.Format };
        device.AddTo(command);
        command.SetAction(parsed =>
        {
            var (file, settings) = (parsed.GetRequiredValue(scenario), common.SettingsWithSeed(parsed));
            if (parsed.GetValue(check) is { } results)
            {
                return SuiteRun.Check(file, settings, results, terminal);
            }

            if (device.Find(parsed, terminal) is not { } serving)
            {
                return ExitCode.MissingDeviceOrFile;
            }

            if (parsed.GetValue(addTo) is { } folder)
            {
                return SuiteRun.AddTo(folder, file, serving, settings, parsed.GetValue(common.Output), terminal, cancellation);
            }

            var run = SuiteReader.IsSuite(file) ? (Runner)SuiteRun.Run : Run;
            return run(file, serving, settings, parsed.GetValue(common.Profile), parsed.GetValue(common.Output), common.IsJson(parsed), terminal, cancellation);
        });
        return command;
    }

    private delegate int Runner(string file, ServingChoice serving, IReadOnlyList<string> settings, string? profile, string? output, bool json, Terminal terminal, CancellationToken cancellation);

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
