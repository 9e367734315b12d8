using System.Globalization;
using SimServe.Cli.Terminals;
using SimServe.Policies;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Calibration;
using Spectre.Console;

namespace SimServe.Cli.Profiling;

/// <summary>What <c>profile</c> prints: for each term what predicts it, and how well.</summary>
internal static class ProfileTable
{
    public static void Print(Terminal terminal, DeviceProfile profile, FittedCostModel costs)
    {
        terminal.Say($"{profile.Model} on {profile.Device.Name}, {profile.Precision}; {profile.Environment}");
        var table = new Table { Border = TableBorder.Rounded }.AddColumns("term", "predicted by");
        foreach (var column in new[] { "samples", "repetitions", "outliers left out", "mean error", "left out one", "repeatable to", "5 % to 95 %", "next best" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var term in costs.Terms)
        {
            AddRow(table, term, [.. profile.Samples.Where(sample => sample.Term == term.Term)]);
        }

        terminal.Output.Write(table);
        if (profile.ComputeShares is { } shares)
        {
            terminal.Say($"together    a step takes {string.Join(", ", shares.Select(static share => Show($"{share:0.00}")))} of these times when {string.Join(", ", Enumerable.Range(1, shares.Count))} of the {shares.Count} workers compute");
        }

        if (profile.ServiceFactor is { } factor)
        {
            terminal.Say($"service     computation takes {Show($"{factor:0.000}")} times as long in service as in the profiler's loops, and every step {Show($"{profile.ServiceStepSeconds * 1e3:0.000}")} ms longer, by requests that were served for the purpose");
        }

        if (profile.ControlFactor is { } control)
        {
            terminal.Say($"ControlNets {Show($"take {control:0.000}")} times as long as the same blocks of the U-Net");
        }

        PrintFloors(terminal, profile);
        terminal.Say("mean error is over the samples that were fitted, left out one over each sample predicted by a fit to the others, which chooses the predictor; repeatable to is how far samples may be off when they are measured again");
    }

    // The most work that was measured of a term, against what the device can do at best.
    private static void PrintFloors(Terminal terminal, DeviceProfile profile)
    {
        var device = profile.Device;
        terminal.Say(Show($"floors      large matrix products reach {device.PeakFlopsPerSecond / 1e12:0.###} TFLOP/s, the link {device.LinkBytesPerSecond / 1e9:0.##} GB/s: ")
            + string.Join(", ", profile.Samples.GroupBy(static sample => sample.Term).Select(term => Floor(term.MaxBy(static sample => sample.Work.Flops + sample.Bytes)!, device)).OfType<string>()));
    }

    private static string? Floor(ProfileSample sample, DeviceSpec device) => sample switch
    {
        { Bytes: > 0 } => Show($"{sample.Term} of {sample.Bytes / 1e6:0.#} MB at {sample.Bytes / sample.Seconds / device.LinkBytesPerSecond:0%} of it"),
        { Work.Flops: > 0 } => Show($"{sample.Term} of {sample.Work.Flops / 1e9:0.#} GFLOP at {sample.Work.Flops / sample.Seconds / device.PeakFlopsPerSecond:0%}"),
        _ => null,
    };

    private static void AddRow(Table table, TermFit term, ProfileSample[] samples)
    {
        var best = term.Best;
        string[] cells =
        [
            term.Term,
            best.Predictor.Kind,
            Show($"{samples.Length}"),
            Show($"{samples.Sum(static sample => sample.Repetitions)}"),
            Show($"{samples.Sum(static sample => sample.Rejected)}"),
            Percent(best.Mape),
            best.LeaveOneOutMape is { } error ? Percent(error) : "",
            term.Repeatability is { } repeatability ? Percent(repeatability) : "",
            samples.Length > 1 ? Show($"{100 * best.Residuals.P5:+0.0;-0.0;0.0}% to {100 * best.Residuals.P95:+0.0;-0.0;0.0}%") : "",
            term.Fits.Count > 1 && term.Fits[1].LeaveOneOutMape is { } other ? Show($"{term.Fits[1].Predictor.Kind} {100 * other:0.0}%") : "",
        ];
        table.AddRow([.. cells.Select(Markup.Escape)]);
    }

    private static string Percent(double share) => Show($"{100 * share:0.0}%");

    private static string Show(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
