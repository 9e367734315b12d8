using SimServe.Policies;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reproductions;
using SimServe.Simulator.Workloads;

namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>Fig. 3: the distributions of mask ratios that workloads draw from.</summary>
internal static class MaskRows
{
    private const int Draws = 100_000;
    private const int Bins = 50;

    public static void Add(MeasurementBook book, ConstantBook constants)
    {
        var (inpaint, faces) = (constants["masks.controlNetInpaint.count"], constants["masks.adetailer.count"]);
        var production = Drawn(MaskRatios.Production);
        var (inpaintings, repairs) = (Drawn(MaskRatios.Inpaint), Drawn(MaskRatios.ADetailer));
        double[] shared = [.. inpaintings.Take((int)(Draws * inpaint / (inpaint + faces))), .. repairs.Take((int)(Draws * faces / (inpaint + faces)))];
        book.Add("fig3.production", production.Average());
        book.Add("fig3.public", shared.Average());
        book.Add(new LineChart
        {
            Title = "Mask ratios",
            Note = "Figure 3 of the paper: what the fitted distributions draw.",
            XAxis = new ChartAxis("mask ratio"),
            YAxis = new ChartAxis("share of requests", null, ChartScale.Share),
            Series = [Histogram("production", production), Histogram("public", shared)],
        });
    }

    private static double[] Drawn(MaskRatioDistribution distribution)
    {
        var random = new RandomStream(1, distribution.Name);
        return [.. Enumerable.Range(0, Draws).Select(_ => distribution.Sample(random))];
    }

    private static ChartSeries Histogram(string name, double[] ratios) => new()
    {
        Name = name,
        IsStep = true,
        Points = [.. Enumerable.Range(0, Bins + 1).Select(bin => new ChartPoint(
            (double)bin / Bins, ratios.Count(ratio => Math.Min(Bins - 1, (int)(ratio * Bins)) == Math.Min(bin, Bins - 1)) / (double)ratios.Length))],
    };
}
