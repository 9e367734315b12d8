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
        var device = new Option<string>("--device") { Description = "the kind of real device", DefaultValueFactory = static _ => "cpu" };
        var output = ScenarioOptions.Output();
        var settings = ScenarioOptions.Settings();
        var seed = new Option<string?>("--seed") { Description = "seed in place of the scenario's" };
        var format = new Option<string>("--format") { Description = "table or json", DefaultValueFactory = static _ => "table" };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        format.AcceptOnlyFromAmong("table", "json");
        var command = new Command("validate", "Profiles, simulates, runs and compares one scenario.") { scenario, device, output, settings, seed, format };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(device) != "cpu")
            {
                terminal.Complain("There is no CUDA device in this version: use --device cpu.");
                return ExitCode.MissingDeviceOrFile;
            }

            var overrides = (parsed.GetValue(settings) ?? []).ToList();
            if (parsed.GetValue(seed) is { } value)
            {
                overrides.Add($"seed={value}");
            }

            return Run(
                parsed.GetRequiredValue(scenario), overrides, parsed.GetValue(output), parsed.GetValue(format) == "json", terminal, cancellation);
        });
        return command;
    }

    private static int Run(
        string scenario, List<string> settings, string? output, bool json, Terminal terminal, CancellationToken cancellation)
    {
        var files = ScenarioFiles.Read(scenario, settings);
        var folder = new RunFolder(output ?? Path.Combine("out", files.Scenario.Name));
        ValidationOutcome result;
        try
        {
            result = new ValidationJob(files, new ConsoleProgress(terminal.Error), cancellation).Run();
        }
        catch
        {
            folder.DeleteIfEmpty();
            throw;
        }

        ValidationFiles.Write(folder, result);
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
