using SimServe.Cli.Terminals;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reproductions;
using Spectre.Console;

namespace SimServe.Cli.Reproductions;

/// <summary>Rows of an experiment, for people.</summary>
internal static class ReproductionTable
{
    private static readonly ChartAxis Plain = new("");

    public static void Print(Terminal terminal, ReproductionResult result, string output)
    {
        terminal.Say(result.File.Title);
        terminal.Say(result.File.Citation);
        foreach (var (heading, rows) in RowGroups.Of(result))
        {
            terminal.Say("");
            terminal.Say(heading);
            Print(terminal, rows, result.File.Tolerance);
        }

        foreach (var row in result.Rows.Where(row => row.Row.Reason is not null && row.Verdict(result.File.Tolerance) is RowVerdict.Explained or RowVerdict.Missed))
        {
            terminal.Say($"{row.Row.Id}: {Why(row)}");
        }

        terminal.Say("");
        terminal.Say(result.Sentence);
        terminal.Say($"files: {Path.Combine(output, "report.html")}, {ReproductionDocument.FileName}, {Plots.ReportFiles.Folder}/");
    }

    /// <summary>A reason with what varying the unknowns gave.</summary>
    public static string Why(ReproducedRow row) => string.Join(" ", new[] { row.Row.Reason?.Text, row.Finding }.OfType<string>());

    public static string Number(double? value) => value is { } number ? Plain.TextOf(number) : "-";

    public static string Ours(ReproducedRow row) => row.HalfWidth is { } half ? $"{Number(row.Ours)} ± {Plain.TextOf(half)}" : Number(row.Ours);

    public static string Ratio(ReproducedRow row) => row.Ratio is { } ratio ? FormattableString.Invariant($"{ratio:0.00}") : "-";

    public static string Words(RowVerdict verdict) => verdict switch
    {
        RowVerdict.Within => "within",
        RowVerdict.Explained => "off, with reason",
        RowVerdict.Missed => "MISSED",
        _ => "",
    };

    private static void Print(Terminal terminal, IReadOnlyList<ReproducedRow> rows, double tolerance)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in new[] { "row", "place", "what", "unit", "target", "ours", "ratio", "" })
        {
            table.AddColumn(new TableColumn(column));
        }

        foreach (var row in rows)
        {
            var verdict = row.Row.Kind == RowKind.Reported ? row.Row.Reason!.Text : Words(row.Verdict(tolerance));
            table.AddRow(Array.ConvertAll<string, string>(
                [row.Row.Id, row.Row.Place, row.Row.What, row.Row.Unit, Number(row.Row.Target), Ours(row), Ratio(row), verdict], Markup.Escape));
        }

        terminal.Output.Write(table);
    }
}
