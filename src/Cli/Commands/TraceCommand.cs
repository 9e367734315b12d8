using System.CommandLine;
using SimServe.Cli.Terminals;
using SimServe.Cli.Traces;
using SimServe.Cli.Validation;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Traces;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve trace</c>: converts published traces to ours, says what a trace is like, writes a scenario's requests as one, and compares runs.</summary>
internal static class TraceCommand
{
    public static Command Create(Terminal terminal) => new("trace", "Imports, describes and exports request traces, and compares the traces of runs.")
    {
        CreateImport(terminal),
        CreateDescribe(terminal),
        CreateExport(terminal),
        CreateDiff(terminal),
    };

    private static Command CreateImport(Terminal terminal)
    {
        var file = new Argument<string>("file") { Description = "the trace" };
        var format = new Option<string>("--format") { Description = string.Join(", ", TraceFormats.Names), Required = true };
        format.AcceptOnlyFromAmong([.. TraceFormats.Names]);
        var output = Output();
        var filling = new FillingOptions();
        var command = new Command("import", "Converts a trace to our format; what its file lacks is drawn.") { file, format, output };
        filling.AddTo(command);
        command.SetAction(parsed => TraceJobs.Import(
            Existing(parsed.GetRequiredValue(file)), parsed.GetRequiredValue(format), filling.Read(parsed), parsed.GetRequiredValue(output), terminal));
        return command;
    }

    private static Command CreateDescribe(Terminal terminal)
    {
        var file = new Argument<string>("file") { Description = "a trace in our format, text or Parquet" };
        var format = new Option<string>("--format") { Description = "table or json", DefaultValueFactory = static _ => "table" };
        format.AcceptOnlyFromAmong("table", "json");
        var command = new Command("describe", "Says what a trace is like: rate, burstiness, masks, and the distributions that come nearest.") { file, format };
        command.SetAction(parsed => TraceJobs.Describe(Existing(parsed.GetRequiredValue(file)), parsed.GetValue(format) == "json", terminal));
        return command;
    }

    private static Command CreateExport(Terminal terminal)
    {
        var scenario = new Argument<string>("scenario") { Description = "the scenario file (JSON)" };
        var (output, settings) = (Output(), ScenarioOptions.Settings());
        var command = new Command("export", "Writes the requests of a scenario as a trace.") { scenario, output, settings };
        command.SetAction(parsed => TraceJobs.Export(
            ScenarioFiles.Read(parsed.GetRequiredValue(scenario), parsed.GetValue(settings) ?? []), parsed.GetRequiredValue(output), terminal));
        return command;
    }

    private static Command CreateDiff(Terminal terminal)
    {
        var first = new Argument<string>("first") { Description = "the trace.json of a run" };
        var second = new Argument<string>("second") { Description = "the trace.json of another run of the same requests" };
        var output = new Option<string?>("--out") { Description = "a trace of both runs to write, for Perfetto" };
        var common = new CommonOptions();
        var command = new Command("diff", "Says where two runs of the same requests part, usually a simulated and a real one, and overlays them.") { first, second, output, common.Format };
        command.SetAction(parsed => TraceDiffJob.Run(
            Existing(parsed.GetRequiredValue(first)), Existing(parsed.GetRequiredValue(second)), parsed.GetValue(output), common.IsJson(parsed), terminal));
        return command;
    }

    private static Option<string> Output()
    {
        var output = new Option<string>("--out") { Description = "the file to write: Parquet if its name ends with .parquet, else text", Required = true };
        output.Validators.Add(static found =>
        {
            var file = found.GetValueOrDefault<string>();
            if (string.IsNullOrWhiteSpace(file) || Directory.Exists(file))
            {
                found.AddError($"--out: found \"{file}\"; allowed: a file, which need not exist. Name another.");
            }
        });
        return output;
    }

    private static string Existing(string file) => File.Exists(file)
        ? file
        : throw new InvalidInputException(file, [new InputFault("FILE", $"\"{file}\"", "a file that exists", "Check the path.")]);
}
