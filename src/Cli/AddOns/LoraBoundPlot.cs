using SimServe.Cli.Plots;
using SimServe.Policies.AddOns;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Cli.AddOns;

/// <summary>The curves of a LoRA's bound: latents after each step, and images whose LoRA was late.</summary>
internal static class LoraBoundPlot
{
    public static PlotPicture Of(LoraBound bound) => LinePictures.Stacked([Latents(bound), Images(bound)]);

    private static LineChart Latents(LoraBound bound) => new()
    {
        Title = $"Latents with and without the LoRA ({Names(bound)}, {bound.Model})",
        XAxis = new ChartAxis("steps taken"),
        YAxis = new ChartAxis("cosine similarity"),
        Series =
        [
            Line("mean of images", bound.Similarity.Select(static step => new ChartPoint(step.Step, step.Latents.Mean))),
            Line("least alike image", bound.Similarity.Select(static step => new ChartPoint(step.Step, step.Latents.Least))),
        ],
        XThresholds = [new ChartThreshold(bound.BySimilarity, $"bound by similarity: {bound.BySimilarity} steps")],
        YThresholds = [new ChartThreshold(bound.Threshold, FormattableString.Invariant($"threshold {bound.Threshold}"))],
    };

    private static LineChart Images(LoraBound bound) => new()
    {
        Title = "Images whose LoRA is late, against those with it in every step",
        XAxis = new ChartAxis("first steps without the LoRA"),
        YAxis = new ChartAxis("similarity"),
        Series =
        [
            Line("SSIM, mean of images", bound.Late.Select(static late => new ChartPoint(late.Steps, late.Image.Mean))),
            Line("SSIM, least alike image", bound.Late.Select(static late => new ChartPoint(late.Steps, late.Image.Least))),
            Line("cosine of final latents, mean", bound.Late.Select(static late => new ChartPoint(late.Steps, late.Latents.Mean))),
        ],
        XThresholds = [new ChartThreshold(bound.ByImage, $"bound by image: {bound.ByImage} steps")],
        YThresholds = [new ChartThreshold(bound.MinSsim, FormattableString.Invariant($"SSIM {bound.MinSsim}"))],
    };

    // Files are often all named alike: their folders tell them apart.
    internal static string Names(LoraBound bound) => string.Join(" + ", bound.Loras.Select(static lora =>
        Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(lora.File))) is { Length: > 0 } folder ? $"{folder}/{Path.GetFileName(lora.File)}" : lora.File));

    private static ChartSeries Line(string name, IEnumerable<ChartPoint> points) => new() { Name = name, Points = [.. points] };
}
