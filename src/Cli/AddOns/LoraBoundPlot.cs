using SimServe.Cli.Plots;
using SimServe.Policies.AddOns;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Cli.AddOns;

/// <summary>The curves of a LoRA's bound: latents after each step, and images whose LoRA was late.</summary>
internal static class LoraBoundPlot
{
    private const int LongestTitle = 80;
    private const string UsualName = "pytorch_lora_weights.safetensors";

    public static PlotPicture Of(LoraBound bound) => LinePictures.Stacked([Latents(bound), Images(bound)]);

    private static LineChart Latents(LoraBound bound) => new()
    {
        Title = PlotStyle.Short($"Latents of {bound.Model} with and without {Names(bound)}", LongestTitle),
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

    /// <summary>The LoRAs' names for people.</summary>
    public static string Names(LoraBound bound) => string.Join(" + ", bound.Loras.Select(static lora => NameOf(lora.File)));

    // What diffusers saves is always called the same: there the folder is the name.
    private static string NameOf(string file)
    {
        var folder = Path.GetFileName(Path.GetDirectoryName(file));
        return Path.GetFileName(file) == UsualName && !string.IsNullOrEmpty(folder) ? folder : Path.GetFileNameWithoutExtension(file);
    }

    private static ChartSeries Line(string name, IEnumerable<ChartPoint> points) => new() { Name = name, Points = [.. points] };
}
