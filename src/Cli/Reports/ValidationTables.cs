using System.Globalization;
using SimServe.Cli.Terminals;
using SimServe.Cli.Validation;
using SimServe.GpuBackend.Devices;
using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Serving;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Reports;
using Spectre.Console;

namespace SimServe.Cli.Reports;

/// <summary>What <c>validate</c> prints: the error table, the comparison with the baseline, the decisions, the files.</summary>
internal static class ValidationTables
{
    public static void Print(Terminal terminal, ValidationOutcome result, RunFolder folder)
    {
        PrintErrors(terminal, result);
        PrintComparison(terminal, result);
        PrintChecks(terminal, result);
        PrintFailures(terminal, result.Runs);
        PrintFiles(terminal, folder);
    }

    private static void PrintErrors(Terminal terminal, ValidationOutcome result)
    {
        var scenario = result.Files.Scenario;
        terminal.Say($"{scenario.Name}: {result.Requests.Count} requests on {result.Files.Serving.Workers(scenario.Fleet.Workers)}; {Describe(scenario.Policies, scenario.Cache)}");
        var table = NewTable("metric", "unit", "simulated", "measured", "error", "at pace", "error");
        foreach (var row in MetricRow.Of(result.Studied))
        {
            table.AddRow(row.Metric, row.Unit, Number(row.Simulated), Number(row.Measured), Percent(row.Error), Number(row.AtPace), Percent(row.ErrorAtPace));
        }

        terminal.Output.Write(table);
    }

    private static void PrintComparison(Terminal terminal, ValidationOutcome result)
    {
        var (pipeline, baseline) = (result.StudiedName, result.BaselineName);
        var (ours, theirs) = (MetricRow.Of(result.Studied), MetricRow.Of(result.Baseline));
        terminal.Say($"the same requests again; {Describe(result.Baseline.Policies)}; gain: how many times better {pipeline} is than {baseline}");
        var table = NewTable("metric", "unit", "simulated", "measured", "error", "at pace", "error", "gain, simulated", "gain, measured");
        foreach (var index in new[] { 0, 2, 4, 6 })
        {
            // Throughput is better when larger, everything else when smaller.
            var (gain, loss) = index == 6 ? (ours[index], theirs[index]) : (theirs[index], ours[index]);
            table.AddRow(
                theirs[index].Metric, theirs[index].Unit, Number(theirs[index].Simulated), Number(theirs[index].Measured), Percent(theirs[index].Error), Number(theirs[index].AtPace), Percent(theirs[index].ErrorAtPace),
                Times(gain.Simulated, loss.Simulated), Times(gain.Measured, loss.Measured));
        }

        terminal.Output.Write(table);
    }

    private static void PrintChecks(Terminal terminal, ValidationOutcome result)
    {
        var agreement = result.Agreement;
        terminal.Say($"decisions   routing: {agreement.RoutingAgreed} of {agreement.Routing} requests sent to the same worker in both worlds; "
            + $"batching: {agreement.JoinsAgreed} of {agreement.Joins} joined the same worker's batch at the same size");
        var replay = result.Studied.Replay;
        terminal.Say($"replay      {replay.Agreed} of {replay.Steps} steps decided alike by the loop in virtual time with the real run's times{(replay.Divergence is { } parted ? $"; {parted}" : "")}");
        if (agreement.FirstDivergence is { } divergence)
        {
            terminal.Say($"divergence  {divergence}");
        }

        PrintSteps(terminal, "steps      ", StepCheck.Of(result.Studied));
        PrintSteps(terminal, "  baseline ", StepCheck.Of(result.Baseline));
        if (result.Studied is { SimulatedCaches: { } simulated, MeasuredCaches: { } measured })
        {
            terminal.Say($"caches      simulated: {CacheWords.Of(simulated)}");
            terminal.Say($"            measured: {CacheWords.Of(measured)}");
        }

        PrintPace(terminal, "pace       ", result.Studied.AtPace);
        PrintPace(terminal, "  baseline ", result.Baseline.AtPace);
        PrintReuse(terminal, result);
        if (!result.Difference.Ssim.IsEmpty)
        {
            terminal.Say($"images      {result.StudiedName} against {result.BaselineName} over {result.Difference.Ssim.Count} images: "
                + $"SSIM mean {result.Difference.Ssim.Mean:0.0000}, least {result.Difference.Ssim.Min:0.0000}; "
                + $"PSNR mean {result.Difference.Psnr.Mean:0.0} dB, least {result.Difference.Psnr.Min:0.0} dB"
                + (result.Difference.Features.IsEmpty ? "" : $"; feature distance mean {result.Difference.Features.Mean:0.0000}, most {result.Difference.Features.Max:0.0000}"));
        }

        var crops = result.ShownEdits.Select(static edit => edit.Ssim).Where(static ssim => ssim is { Reuse: not null, Crop: not null }).ToArray();
        if (crops.Length > 0)
        {
            terminal.Say($"naive crop  of the first {crops.Length} by their masked tokens alone: SSIM mean {crops.Average(static ssim => ssim.Crop!.Value):0.0000} "
                + $"({result.StudiedName} {crops.Average(static ssim => ssim.Reuse!.Value):0.0000}); side by side in edits.png");
        }

        PrintExtrapolation(terminal, result.Costs);
        terminal.Say(result.BeatsBaseline
            ? $"verdict     {result.StudiedName} has the lower mean latency in both worlds"
            : $"verdict     {result.StudiedName} does NOT have the lower mean latency in both worlds");
    }

    public static void PrintFloor(Terminal terminal, StepFloor floor) => terminal.Say(
        $"floor       steps took {floor.OverFloor:0.00} times what they take at the least, max(compute {floor.ComputeSeconds * 1000:0.0} ms, load {floor.LoadSeconds * 1000:0.0} ms) step by step");

    private static void PrintSteps(Terminal terminal, string name, StepCheck? step)
    {
        if (step is not null)
        {
            terminal.Say($"{name} predicted {step.PredictedSeconds * 1000:0.0} ms, measured {step.MeasuredSeconds * 1000:0.0} ms on average ({Percent(step.Error)})"
                + (step.Floor is { } floor ? $", {floor.OverFloor:0.00} of the floor max(compute {floor.ComputeSeconds * 1000:0.0}, load {floor.LoadSeconds * 1000:0.0} ms)" : ""));
        }
    }

    private static void PrintPace(Terminal terminal, string name, PacedResults paced) =>
        terminal.Say($"{name} computation took {paced.Pace:0.00} times as long as the profile says, by requests served right before ({paced.Before:0.00}) and after ({paced.After:0.00}) the run");

    // What reuse is about: one request's step at the production mask ratio against the step without reuse, both by the model fitted to the profile.
    private static void PrintReuse(Terminal terminal, ValidationOutcome result)
    {
        const double Ratio = 0.1;
        var shape = result.Shape;
        var maskedTokens = (int)Math.Round(Ratio * shape.Grid.Count);
        var full = new StepPlanner(shape, result.ServedCosts, new FullPipeline()).StepTime(1, maskedTokens);
        var reuse = new StepPlanner(shape, result.ServedCosts, PolicyCatalogue.CreatePipeline(result.Studied.Policies.Pipeline)).StepTime(1, maskedTokens);
        terminal.Say($"reuse       one {result.Studied.Policies.Pipeline} step at mask ratio {Ratio:0.0} takes {reuse / full:0.00} of a full step's time (by the fitted model: "
            + $"{reuse.TotalMilliseconds:0.0} and {full.TotalMilliseconds:0.0} ms)");
    }

    public static void PrintExtrapolation(Terminal terminal, FittedCostModel costs)
    {
        if (costs.Extrapolated.Count > 0)
        {
            terminal.Say($"warning     the cost model was asked outside the range of its samples for: {string.Join(", ", costs.Extrapolated)}");
        }
    }

    public static void PrintFailures(Terminal terminal, IEnumerable<(string Name, ServingResult Result)> runs)
    {
        foreach (var (world, run) in runs)
        {
            var failed = run.Records.Count(static record => record.Outcome == RequestOutcome.Failed);
            if (failed > 0 || run.Faults.Count > 0)
            {
                var causes = string.Join("; ", run.Faults.Select(static fault => $"{fault.Device} failed at {fault.At}: {fault.Reason}"));
                terminal.Say($"failure     {world}: {failed} of {run.Records.Count} requests failed, {run.Records.Count - failed} were served; {causes}");
            }
        }
    }

    public static void PrintFiles(Terminal terminal, RunFolder folder)
    {
        terminal.Say($"written     {folder.Location}{Path.DirectorySeparatorChar}");
        foreach (var group in folder.Written.GroupBy(static name => Path.GetDirectoryName(name) ?? ""))
        {
            var names = group.ToArray();
            terminal.Say(names.Length > 8 ? $"            {group.Key}{Path.DirectorySeparatorChar} ({names.Length} files)" : $"            {string.Join(", ", names)}");
        }
    }

    private static Table NewTable(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var (column, index) in columns.Select(static (column, index) => (column, index)))
        {
            var added = new TableColumn(Markup.Escape(column)) { NoWrap = index < 2 };
            table.AddColumn(index < 2 ? added : added.RightAligned());
        }

        return table;
    }

    public static string Describe(PolicyOptions policies) =>
        $"{policies.Batching} batching up to {policies.MaxBatchSize}, {policies.Pipeline} pipeline, {policies.Routing} routing{(policies.AddOns == new AddOnOptions() ? "" : $", LoRAs {policies.AddOns.Loras}, ControlNets {policies.AddOns.ControlNets}")}";

    // Cached rows are worth a word where they are not the usual ones.
    public static string Describe(PolicyOptions policies, CacheFormat cache) => cache == default ? Describe(policies) : $"{Describe(policies)}, cache of {cache}";

    public static string Number(double value) => value switch
    {
        _ when double.IsInteger(value) => value.ToString("0", CultureInfo.InvariantCulture),
        >= 1000 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.000", CultureInfo.InvariantCulture),
    };

    private static string Percent(double? share) => share is { } value ? value.ToString("+0.0%;-0.0%;0.0%", CultureInfo.InvariantCulture) : "-";

    private static string Times(double gain, double loss) => loss == 0 ? "-" : $"{gain / loss:0.00}x";
}
