using SimServe.Cli.Terminals;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Suites;
using Spectre.Console;

namespace SimServe.Cli.Validation.Suites;

/// <summary>What a suite prints and leaves behind.</summary>
internal static class SuiteReport
{
    public const string Results = "results.json";
    public const string Profile = "profile.json";

    public static void Write(RunFolder folder, SuiteResults results, DeviceProfile profile, FittedCostModel costs)
    {
        folder.WriteJson(Profile, ProfileFile.Of(profile, costs));
        folder.WriteJson(Results, results);
        folder.Write("results.md", path => File.WriteAllText(path, SuiteRows.Markdown(results) + "\n"));
        folder.Write("short.md", path => File.WriteAllText(path, $"{SuiteRows.ShortMarkdown(results)}\n\n{SuiteRows.Summary(results)}\n"));
    }

    public static void Print(Terminal terminal, SuiteResults results)
    {
        terminal.Say($"{results.Suite}: {results.Cases.Count} cases, {results.Cases[0].Repetitions.Count} repetitions each; error: (predicted - measured) / measured, with its 95 % confidence interval; at own pace: what is left of it when the device's pace in the run is taken as known");
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var (column, index) in SuiteRows.Columns.Select(static (column, index) => (column, index)))
        {
            var added = new TableColumn(Markup.Escape(column));
            table.AddColumn(index == 0 || index == SuiteRows.Columns.Count - 1 ? added : added.RightAligned());
        }

        foreach (var row in SuiteRows.Of(results))
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        terminal.Output.Write(table);
        terminal.Say(SuiteRows.Summary(results));
        string[] misses = [.. results.Misses()];
        foreach (var miss in misses)
        {
            terminal.Say($"out         {miss}");
        }

        terminal.Say(misses.Length == 0 ? "verdict     every case is within the suite's bounds" : $"verdict     {misses.Length} numbers are out of the suite's bounds");
    }
}
