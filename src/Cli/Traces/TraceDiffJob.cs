using System.Globalization;
using System.Text.Json;
using SimServe.Cli.Terminals;
using SimServe.Simulator.Reports.RunTraces;
using Spectre.Console;

namespace SimServe.Cli.Traces;

/// <summary><c>simserve trace diff</c>: where two runs of the same requests part.</summary>
internal static class TraceDiffJob
{
    private const int LargestShown = 5;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static int Run(string firstFile, string secondFile, string? output, bool json, Terminal terminal)
    {
        var (first, second) = (RunTrace.Read(firstFile), RunTrace.Read(secondFile));
        var comparison = new RunTraceComparison(first, second);
        var (one, other) = NamesOf(firstFile, secondFile);
        if (json)
        {
            terminal.Say(JsonSerializer.Serialize(Shown(comparison, one, other), Json));
        }
        else
        {
            Print(terminal, comparison, one, other, first.LeftOut + second.LeftOut);
        }

        if (output is not null)
        {
            TraceOverlay.Write(output, (one, first), (other, second));
            terminal.Complain($"written     {output}, which Perfetto opens: every worker with the two runs one above the other");
        }

        return ExitCode.Done;
    }

    // Runs are known by their folders.
    private static (string First, string Second) NamesOf(string first, string second)
    {
        static string FolderOf(string file) => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file))) ?? "";

        var (one, other) = (FolderOf(first), FolderOf(second));
        return one == other || one.Length == 0 || other.Length == 0 ? ("first", "second") : (one, other);
    }

    private static object Shown(RunTraceComparison comparison, string one, string other) => new
    {
        Names = new[] { one, other },
        comparison.First,
        comparison.Second,
        Requests = comparison.Requests.Count,
        Completed = comparison.Completed.Count,
        comparison.OnlyFirst,
        comparison.OnlySecond,
        OnAnotherWorker = comparison.Requests.Count(static request => request.OnAnotherWorker),
        comparison.FirstOnAnotherWorker,
        comparison.MeanRelativeDifference,
        comparison.StepTimes,
        Largest = comparison.Largest(LargestShown),
    };

    private static void Print(Terminal terminal, RunTraceComparison comparison, string one, string other, long leftOut)
    {
        terminal.Output.Write(Totals(comparison, one, other));
        terminal.Output.Write(Steps(comparison, one, other));
        var moved = comparison.Requests.Count(static request => request.OnAnotherWorker);
        terminal.Say(Show($"requests    {comparison.Requests.Count} in both, {comparison.OnlyFirst} only in {one}, {comparison.OnlySecond} only in {other}; {comparison.Requests.Count - moved} on the same worker"));
        if (comparison.FirstOnAnotherWorker is { } parted)
        {
            terminal.Say(Show($"parted      first with r{parted.First.Number}, which arrived at {parted.First.ArrivedSeconds:0.000} s: worker {parted.First.Worker} in {one}, {parted.Second.Worker} in {other}"));
        }

        foreach (var request in comparison.Largest(LargestShown).Where(static request => request.LatencySeconds != 0))
        {
            terminal.Say(Show($"differs     r{request.First.Number}: {request.First.LatencySeconds:0.000} s and {request.Second.LatencySeconds:0.000} s"));
        }

        if (leftOut > 0)
        {
            terminal.Say(Show($"incomplete  {leftOut} events of the runs are in neither file: traces have a bound"));
        }
    }

    private static Table Totals(RunTraceComparison comparison, string one, string other)
    {
        var table = NewTable("of the runs", "unit", one, other);
        var (first, second) = (comparison.First, comparison.Second);
        Add(table, "latency, mean", "s", first.Latency.Mean, second.Latency.Mean);
        Add(table, "latency, p50", "s", first.Latency.P50, second.Latency.P50);
        Add(table, "latency, p95", "s", first.Latency.P95, second.Latency.P95);
        Add(table, "workers denoised", "s", first.BusySeconds, second.BusySeconds);
        Add(table, "workers waited for loads", "s", first.StallSeconds, second.StallSeconds);
        Add(table, "steps of batches", "", first.Steps, second.Steps);
        Add(table, "one step, mean", "ms", first.StepSeconds * 1e3, second.StepSeconds * 1e3);
        Add(table, "the same as planned", "ms", first.PredictedStepSeconds * 1e3, second.PredictedStepSeconds * 1e3);
        Add(table, "batch size, mean over steps", "requests", first.BatchSize, second.BatchSize);
        Add(table, "loaded", "MB", first.BytesLoaded / 1e6, second.BytesLoaded / 1e6);
        if (comparison.MeanRelativeDifference is { } relative)
        {
            table.AddRow("latency of one request, mean difference", "", "", "", Show($"{100 * relative:0.0}%"));
        }

        return table;
    }

    private static Table Steps(RunTraceComparison comparison, string one, string other)
    {
        var table = NewTable("one step of a batch of", "unit", one, other);
        foreach (var size in comparison.StepTimes)
        {
            Add(table, Show($"{size.BatchSize} ({size.FirstSteps} and {size.SecondSteps} steps)"), "ms", size.FirstSeconds * 1e3, size.SecondSeconds * 1e3);
        }

        return table;
    }

    private static Table NewTable(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var (index, column) in columns.Index())
        {
            var added = new TableColumn(Markup.Escape(column));
            table.AddColumn(index > 1 ? added.RightAligned() : added);
        }

        return table.AddColumn(new TableColumn("difference").RightAligned());
    }

    private static void Add(Table table, string what, string unit, double? first, double? second) => table.AddRow(
        Markup.Escape(what),
        unit,
        first is { } one ? Show($"{one:0.###}") : "",
        second is { } other ? Show($"{other:0.###}") : "",
        first is { } from && second is { } to && from != 0 ? Show($"{100 * (to - from) / from:+0.0;-0.0;0.0}%") : "");

    private static string Show(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
