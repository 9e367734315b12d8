using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using SimServe.Cli.Terminals;
using SimServe.GpuBackend.Diagnosis;
using Spectre.Console;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve doctor</c>: what models can run on here, and what will not work.</summary>
internal static class DoctorCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static Command Create(Terminal terminal)
    {
        var device = new Option<string>("--device") { Description = "what must work for the command to succeed: cpu or cuda", DefaultValueFactory = static _ => "cpu" };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        var common = new CommonOptions();
        var command = new Command("doctor", "Says what was found to run models on, and what will not work.") { device, common.Format };
        command.SetAction(parsed =>
        {
            var findings = Examination.Run();
            if (common.IsJson(parsed))
            {
                terminal.Say(JsonSerializer.Serialize(findings, Json));
            }
            else
            {
                Print(terminal, findings);
            }

            return Serves(findings, parsed.GetRequiredValue(device)) ? ExitCode.Done : ExitCode.MissingDeviceOrFile;
        });
        return command;
    }

    // What the other kind of device lacks does not matter to this one.
    private static bool Serves(IReadOnlyList<Finding> findings, string device) =>
        findings.Where(finding => finding.About is null || finding.About == device).All(static finding => finding.Verdict is not (Verdict.Broken or Verdict.Absent));

    private static void Print(Terminal terminal, IReadOnlyList<Finding> findings)
    {
        var table = new Table { Border = TableBorder.Simple }.AddColumns("what", "", "found", "what follows");
        foreach (var finding in findings)
        {
            table.AddRow(Text(finding.What), new Markup(Mark(finding.Verdict)), Text(finding.Found), Text(finding.Consequence ?? string.Empty));
        }

        terminal.Output.Write(table);
    }

    private static Text Text(string text) => new(text);

    private static string Mark(Verdict verdict) => verdict switch
    {
        Verdict.Works => "[green]works[/]",
        Verdict.Limited => "[yellow]limited[/]",
        Verdict.Absent => "[grey]absent[/]",
        Verdict.Broken => "[red]broken[/]",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "No such verdict."),
    };
}
