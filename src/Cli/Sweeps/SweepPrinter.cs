using System.Globalization;
using SimServe.Cli.Reports;
using SimServe.Cli.Terminals;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Sweeps;
using Spectre.Console;

namespace SimServe.Cli.Sweeps;

/// <summary>What <c>sweep</c> prints.</summary>
internal static class SweepPrinter
{
    private static readonly string[] Always = ["throughput", "p95-latency", "worker-seconds-per-image"];

    public static void Print(Terminal terminal, SweepOutcome outcome, RunFolder folder)
    {
        var file = outcome.File;
        terminal.Say($"{file.Name}: {outcome.Result.Points.Count} points of {string.Join(" x ", file.Axes.Select(static axis => $"{axis.Values.Count} {axis.Path}"))}, {file.Replications} replications each; common random numbers; ranked by {file.Goal.Metric.Name}");
        terminal.Output.Write(Table(outcome));
        foreach (var sentence in outcome.Sentences())
        {
            terminal.Say($"verdict     {sentence}");
        }

        terminal.Say($"frontier    {file.Frontier.Cost.Name} against {file.Frontier.Value.Name}: {outcome.Frontier.Count} of {outcome.Result.Points.Count} points are beaten by none (pareto.csv)");
        foreach (var warning in outcome.Warnings())
        {
            terminal.Say($"warning     {warning}");
        }

        ValidationTables.PrintFiles(terminal, folder);
    }

    public static void Print(Terminal terminal, SweepTable answer)
    {
        var table = NewTable([.. answer.Columns]);
        foreach (var row in answer.Rows)
        {
            table.AddRow([.. row.Select(static cell => Markup.Escape(Show(cell)))]);
        }

        terminal.Output.Write(table);
    }

    private static Table Table(SweepOutcome outcome)
    {
        var goal = outcome.File.Goal;
        SweepMetric[] others = [.. Always.Where(name => name != goal.Metric.Name).Select(SweepMetric.Find)];
        var table = NewTable(
        [
            "rank", .. outcome.File.Axes.Select(static axis => axis.Column), $"{goal.Metric.Name}, {goal.Metric.Unit}",
            .. others.Select(static metric => $"{metric.Name}, {metric.Unit}"), .. goal.Objective is null ? Array.Empty<string>() : ["objective"],
        ]);
        foreach (var condition in outcome.Conditions)
        {
            // A line between the loads, say: ranks count within one.
            if (condition.Ranked.Count > 1 && table.Rows.Count > 0)
            {
                table.AddEmptyRow();
            }

            foreach (var (point, rank) in condition.Ranked.Select(static (point, rank) => (point, rank + 1)))
            {
                table.AddRow([.. Row(outcome, point, condition.Rivals.Count > 1 && condition.Rivals.Contains(point) ? $"{rank} ?" : $"{rank}", others).Select(Markup.Escape)]);
            }
        }

        return table;
    }

    private static IEnumerable<string> Row(SweepOutcome outcome, int point, string rank, SweepMetric[] others) =>
    [
        rank,
        .. outcome.Result.Points[point].Values.Select(static value => value.Label),
        Show(outcome.Of(point, outcome.File.Goal.Metric)),
        .. others.Select(metric => Show(outcome.Of(point, metric))),
        .. outcome.File.Goal.Objective is null ? Array.Empty<string>() : [outcome.Meets(point) switch { true => "met", false => "missed", null => "cannot tell" }],
    ];

    private static Table NewTable(string[] columns)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)).RightAligned());
        }

        return table;
    }

    private static string Show(MetricSummary summary) => summary switch
    {
        { Mean: null } => "-",
        { HalfWidth95: null } => Number(summary.Mean.Value),
        _ => $"{Number(summary.Mean.Value)} +- {Number(summary.HalfWidth95.Value)}",
    };

    private static string Show(object? cell) => cell switch
    {
        null => "-",
        double number => Number(number),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
