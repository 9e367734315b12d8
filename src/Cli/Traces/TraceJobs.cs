using System.Text.Json;
using SimServe.Cli.Terminals;
using SimServe.Cli.Validation;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Traces;

namespace SimServe.Cli.Traces;

/// <summary>What the verbs of <c>simserve trace</c> do.</summary>
internal static class TraceJobs
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static int Import(string file, string format, TraceImportOptions options, string output, Terminal terminal)
    {
        var provenance = format == TraceFormats.Own
            ? TraceFile.ReadHeader(file).Provenance
            : $"imported from {Path.GetFileName(file)} ({format}); what it lacks was drawn with seed {options.Seed}";
        return Write(output, provenance, TraceFormats.Read(file, format, options), terminal);
    }

    public static int Export(ScenarioFiles files, string output, Terminal terminal)
    {
        var scenario = files.Scenario;
        if (scenario.Workload.ClosedLoop is not null)
        {
            throw new InvalidInputException(scenario.Name, [new InputFault(
                "workload.closedLoop", "a closed loop", "an open workload or a trace", "Remove it: when users return depends on the answers of a run.")]);
        }

        var source = ScenarioWorkload.Stream(scenario, files.Model.Grid, files.EditMasks, scenario.Seed, maskShapes: false);
        return Write(output, $"requests of the scenario {scenario.Name}, seed {scenario.Seed}", TraceExport.Of(source), terminal);
    }

    public static int Describe(string file, bool json, Terminal terminal)
    {
        if (TraceDescription.Of(TraceFile.Read(file)) is not { } description)
        {
            throw new InvalidInputException(file, [new InputFault("requests", "none", "at least one", "Check that the file is the right one.")]);
        }

        if (json)
        {
            terminal.Say(JsonSerializer.Serialize(description, Json));
        }
        else
        {
            TraceTable.Print(terminal, file, TraceFile.ReadHeader(file).Provenance, description);
        }

        return ExitCode.Done;
    }

    private static int Write(string output, string provenance, IEnumerable<TraceRequest> trace, Terminal terminal)
    {
        var requests = 0;
        TraceWriter.Write(output, provenance, trace.Select(request =>
        {
            requests++;
            return request;
        }));
        terminal.Say($"written     {output} ({requests} requests)");
        return ExitCode.Done;
    }
}
