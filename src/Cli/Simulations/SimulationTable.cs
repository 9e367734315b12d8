using System.Globalization;
using SimServe.Cli.Reports;
using SimServe.Cli.Terminals;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Reports;
using Spectre.Console;

namespace SimServe.Cli.Simulations;

/// <summary>What <c>simulate</c> prints.</summary>
internal static class SimulationTable
{
    // What people ask for first, by the names of the files.
    private static readonly (string Label, string Name)[] Rows =
    [
        ("latency, mean", "e2e_latency_avg"),
        ("latency, p50", "e2e_latency_p50"),
        ("latency, p95", "e2e_latency_p95"),
        ("latency, p99", "e2e_latency_p99"),
        ("to the first step, mean", "time_to_first_step_avg"),
        ("throughput", "image_throughput"),
        ("goodput", "request_goodput"),
        ("objective met", "slo_attainment"),
        ("batch size, mean", "average_batch_size"),
        ("queue, mean", "average_queue_length"),
        ("workers on, mean", "time_averaged_gpus"),
        ("workers busy", "gpu_busy_share"),
        ("waiting for caches", "cache_stall_share"),
        ("waiting for adapters", "adapter_stall_share"),
        ("preparing and decoding", "pre_post_stall_share"),
        ("interruptions, mean", "interruptions_avg"),
        ("interruptions, p50", "interruptions_p50"),
        ("interruptions, p95", "interruptions_p95"),
        ("cache loaded", "bytes_moved"),
        ("GPU time per image", "gpu_seconds_per_image"),
        ("price of 1,000 images", "dollars_per_1k_images"),
        ("of 1,000 good images", "dollars_per_1k_good_images"),
        ("energy per image", "energy_wh_per_image"),
        ("requests completed", "completed_requests"),
        ("requests failed", "failed_requests"),
        ("requests rejected", "rejected_requests"),
        ("requests shed", "shed_requests"),
        ("requests cancelled", "cancelled_requests"),
    ];

    // Rows that say nothing where nothing of the kind happened.
    private static readonly string[] OnlyIfNotZero =
    [
        "adapter_stall_share", "cache_stall_share", "pre_post_stall_share", "interruptions_avg", "interruptions_p50", "interruptions_p95", "rejected_requests", "shed_requests",
        "cancelled_requests",
    ];

    public static void Print(Terminal terminal, SimulatedScenario scenario, SimulationOutcome outcome, RunFolder folder)
    {
        var run = outcome.Run;
        terminal.Say($"{scenario.Scenario.Name}: {run.Injected} requests on {scenario.Scenario.Fleet.Workers} workers; {ValidationTables.Describe(scenario.Scenario.Policies, scenario.Scenario.Cache)}");
        foreach (var source in scenario.Provenance)
        {
            terminal.Say($"times: {source}");
        }

        terminal.Output.Write(Table(
            scenario.Scenario.Policies.Pipeline, run, outcome.Replications, outcome.Baseline is { } baseline ? (scenario.Scenario.Baseline.Pipeline, baseline) : null));
        Explain(terminal, scenario, outcome);
        ValidationTables.PrintFiles(terminal, folder);
        terminal.Complain(string.Create(
            CultureInfo.InvariantCulture,
            $"{outcome.Facts.Events} events in {outcome.WallSeconds:0.00} s, {run.Window.EndSeconds / Math.Max(outcome.WallSeconds, 1e-6):0} times as fast as real time, files included"));
    }

    // One run's numbers.
    public static Table Of(string column, RunSummary run) => Table(column, run, null, null);

    private static Table Table(string column, RunSummary run, ReplicatedMetrics? replications, (string Name, RunSummary Run)? baseline)
    {
        var table = new Table { Border = TableBorder.Rounded }.AddColumn("metric").AddColumn("unit");
        table.AddColumn(new TableColumn(Markup.Escape(column)).RightAligned());
        if (replications is not null)
        {
            table.AddColumn(new TableColumn($"mean of {replications.Replications} runs").RightAligned());
        }

        if (baseline is { } compared)
        {
            table.AddColumn(new TableColumn(Markup.Escape($"baseline: {compared.Name}")).RightAligned());
        }

        var numbers = ScalarList.Of(run).ToDictionary(static scalar => scalar.Name);
        var others = baseline is { } other ? ScalarList.Of(other.Run).ToDictionary(static scalar => scalar.Name) : null;
        foreach (var (label, name) in Rows)
        {
            if (numbers[name].Value is { } value && !(value == 0 && OnlyIfNotZero.Contains(name)))
            {
                string?[] cells = [label, Unit(numbers[name]), Show(numbers[name], value), Mean(replications, numbers[name]), others is null ? null : Show(numbers[name], others[name].Value)];
                table.AddRow([.. cells.OfType<string>().Select(Markup.Escape)]);
            }
        }

        return table;
    }

    private static void Explain(Terminal terminal, SimulatedScenario scenario, SimulationOutcome outcome)
    {
        var run = outcome.Run;
        if (outcome.Replications is { Replications: var count } && count > 1)
        {
            terminal.Say("interval    +- is half the width of the 95 % interval of the mean over replications");
        }

        if (run.Tail.Causes.Count > 0 && run.Tail.Requests > 0)
        {
            var first = run.Tail.Causes[0];
            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"tail        {first.Stage.Replace('_', ' ')} is {first.ShareOfTail:P0} of the slowest requests' latency; without it p99 would be {first.P99Without:0.###} s instead of {run.Tail.P99:0.###} s"));
        }

        if (run.Caches is { } caches)
        {
            terminal.Say($"caches      {CacheWords.Of(caches)}");
        }

        if (run.ApproximateHits > 0)
        {
            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"similar     {run.ApproximateHits} of {run.Injected} requests went on from similar latents"));
        }

        if (scenario.DollarsPerHour is { } dollars)
        {
            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"price       ${dollars:0.00} per hour with every worker on"));
        }

        foreach (var fault in outcome.Faults.Take(5))
        {
            terminal.Say($"fault       {fault}");
        }

        if (outcome.Extrapolated.Count > 0)
        {
            terminal.Say($"warning     the cost model was asked outside the range of its samples for: {string.Join(", ", outcome.Extrapolated)}");
        }

        foreach (var failure in (outcome.Replications?.Verdict ?? run.Verdict).Failures)
        {
            terminal.Say($"unsound     {failure}");
        }
    }

    private static string? Mean(ReplicatedMetrics? replications, Scalar scalar) => replications is null
        ? null
        : replications[scalar.Name] is { HalfWidth95: { } half } mean ? $"{Show(scalar, mean.Mean)} +- {Show(scalar, half)}" : Show(scalar, replications[scalar.Name].Mean);

    // Shares as per cent, bytes as gigabytes.
    private static string Unit(Scalar scalar) => scalar switch
    {
        { Unit: "1", Name: var name } => name.EndsWith("_requests", StringComparison.Ordinal) ? "requests" : name == "time_averaged_gpus" ? "workers" : "%",
        { Unit: "bytes" } => "GB",
        _ => scalar.Unit,
    };

    private static string Show(Scalar scalar, double? value) => value is not { } number
        ? "-"
        : ValidationTables.Number(Unit(scalar) switch { "%" => 100 * number, "GB" => number / 1e9, _ => number });
}
