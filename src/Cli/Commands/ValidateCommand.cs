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
        var output = new Option<string?>("--out") { Description = "folder for the results; default: out/ and the scenario's name" };
        var settings = new Option<string[]>("--set") { Description = "path=value in place of the scenario's, e.g. workload.requests=20; may be repeated" };
        var seed = new Option<string?>("--seed") { Description = "seed in place of the scenario's" };
        var format = new Option<string>("--format") { Description = "table or json", DefaultValueFactory = static _ => "table" };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        format.AcceptOnlyFromAmong("table", "json");
        output.Validators.Add(static found =>
        {
            if (found.GetValueOrDefault<string>() is var folder && (string.IsNullOrWhiteSpace(folder) || File.Exists(folder)))
            {
                found.AddError($"--out: found \"{folder}\"; allowed: a folder, which need not exist. Name another.");
            }
        });
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
        var result = new ValidationJob(files, new ConsoleProgress(terminal.Error), cancellation).Run();
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
