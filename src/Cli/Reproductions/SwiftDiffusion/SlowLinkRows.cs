using SimServe.Cli.Planning;
using SimServe.Policies.AddOns;
using SimServe.Simulator.Catalogue;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.SwiftDiffusion;

/// <summary>Fig. 10: one ControlNet on a second A10G over 10 Gb/s; and any link, beyond the paper.</summary>
/// <remarks>An A10G's step is an A10's (the catalogue's) times the ratio of their peaks: the same chip with fewer tensor operations. Its ControlNet takes as much of a step as on the H800.</remarks>
internal static class SlowLinkRows
{
    private const double SlowLink = 1.25e9;
    private const double BytesOfGigabit = 0.125e9;
    private static readonly double[] Gigabits = [1, 2, 5, 10, 20, 50, 100, 200, 400];

    public static void Add(MeasurementBook book, KatzEngine engine, ConstantBook constants)
    {
        var a10 = DeviceCatalogue.Find("A10");
        var step = CataloguedSteps.Of("A10", PublishedShapes.Of("sdxl"));
        var asFast = engine.Plain.Slower(step / engine.Plain.TwoPasses);
        var a10G = asFast.Slower(a10.PeakFlopsPerSecond.Value / constants["a10g.peakFlops"]);
        var (sync, stale) = (Of(a10G, SlowLink, ControlMode.Synchronous), Of(a10G, SlowLink, ControlMode.OneStepStale));
        book.Add("fig10.stale", stale / sync, finding: FormattableString.Invariant(
            $"A step takes {a10G.TwoPasses.TotalMilliseconds:0} ms; were an A10G as fast as an A10, whose step takes {asFast.TwoPasses.TotalMilliseconds:0} ms, {Of(asFast, SlowLink, ControlMode.OneStepStale) / Of(asFast, SlowLink, ControlMode.Synchronous):0.00}x."));
        book.Add("fig10.sync", sync);
        book.Add("fig10.staleOverSerial", stale, finding: FormattableString.Invariant($"Nothing but the U-Net: {1 + (a10G.TwoControls / a10G.TwoPasses):0.00}x."));
        book.Add(new LineChart
        {
            Title = "One ControlNet elsewhere, by the link",
            Note = "Speed-up over the ControlNet on the same GPU; SDXL, both guidance branches. Figure 10 of the paper is 10 Gb/s on A10G.",
            XAxis = new ChartAxis("bandwidth of the link", "Gb/s", ChartScale.Logarithmic),
            YAxis = new ChartAxis("speed-up over serial", "x"),
            Series = [.. Lines("H800", engine.Plain, 0), .. Lines("A10G", a10G, 1)],
            YThresholds = [new ChartThreshold(1, "serial")],
        });

        double Of(KatzCosts costs, double bandwidth, ControlMode mode) => engine.SpeedUp(costs, engine.Model, 1, bandwidth, mode);

        ChartSeries[] Lines(string gpu, KatzCosts costs, int color) =>
        [
            Line($"{gpu}, same step", costs, ControlMode.Synchronous, color) with { IsDashed = true },
            Line($"{gpu}, step before", costs, ControlMode.OneStepStale, color),
        ];

        ChartSeries Line(string name, KatzCosts costs, ControlMode mode, int color) => new()
        {
            Name = name,
            Color = color,
            Points = [.. Gigabits.Select(gigabits => new ChartPoint(gigabits, Of(costs, gigabits * BytesOfGigabit, mode)))],
        };
    }
}
