using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training.Scenes;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training.Quality;

/// <summary>Measures the add-ons of a model: its edge ControlNet and its style adapters, where it has them.</summary>
/// <param name="model">The model's folder.</param>
/// <param name="judge">Sees what pictures show; not owned.</param>
/// <param name="seed">Seed of scenes and noise.</param>
/// <param name="pictures">Pictures of each kind, at least 2.</param>
public sealed class AddOnMeasurement(string model, SceneJudge judge, long seed, int pictures)
{
    private const int Shown = 8;

    /// <summary>Measures.</summary>
    /// <param name="progress">Told what is measured and the share done, or <c>null</c>.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>The numbers and a sheet: scenes, the model's pictures of their captions, edges, with edges, and each style; <c>null</c> for a model without add-ons.</returns>
    public (AddOnScore Score, RgbImage Sheet)? Run(Action<string, double>? progress = null, CancellationToken cancellation = default)
    {
        var net = Path.Combine(model, "controlnet-edges");
        SceneStyle[] styles = [.. Enum.GetValues<SceneStyle>().Where(style => File.Exists(Adapter(style)))];
        if (!Directory.Exists(net) || styles.Length == 0)
        {
            return null;
        }

        var source = new SceneSource(seed, SceneSplit.HeldOut);
        Scene[] scenes = [.. Enumerable.Range(0, pictures).Select(index => source[index])];
        SceneCaption[] captions = [.. scenes.Select(SceneCaption.Full)];
        using var pipeline = PipelineFactory.Open(model, new PipelineOptions { ControlNets = [net] });
        using var noise = new SeededNoise(0, 1);
        var request = new ImageRequest { Prompts = [""], Width = 0, Height = 0, Steps = pipeline.Defaults.Steps, Guidance = pipeline.Defaults.Guidance, Noise = noise };
        var quality = new PipelineQuality(pipeline, judge, request);
        IReadOnlyList<RgbImage> Plain(string what) => quality.Make([.. captions.Select(static caption => caption.Text)], seed, done => progress?.Invoke(what, (double)done / pictures), cancellation);
        var plain = Plain("add-ons: none");
        RgbImage[] edges = [.. scenes.Select(ScenePainter.Edges)];
        RgbImage[] controlled = [.. scenes.Select((_, index) =>
        {
            progress?.Invoke("add-ons: edges", (double)index / pictures);
            using var one = new SeededNoise(seed + index, 1);
            using var result = pipeline.Run(
                request with { Prompts = [captions[index].Text], Width = Scene.Side, Height = Scene.Side, Noise = one, Controls = [new ControlInput { Net = 0, Image = edges[index] }] }, null, cancellation);
            return result.Images[0];
        })];
        List<(StyleScore Score, IReadOnlyList<RgbImage> Pictures)> styled = [];
        foreach (var style in styles)
        {
            using var adapter = LoraFile.Open(Adapter(style));
            pipeline.Adapters.Apply([(adapter, 1)]);
            var made = Plain($"add-ons: {style}");
            pipeline.Adapters.Remove();
            RgbImage[] painted = [.. scenes.Select(scene => SceneStyles.Apply(ScenePainter.Paint(scene), style))];
            styled.Add((new StyleScore(Path.GetFileName(Path.GetDirectoryName(Adapter(style)))!, Distance(quality, made, painted), Distance(quality, plain, painted)), made));
        }

        var score = new AddOnScore(
            pictures, Placed(quality, scenes, plain), Placed(quality, scenes, controlled), quality.Score(captions, controlled).Right, [.. styled.Select(static item => item.Score)]);
        IReadOnlyList<RgbImage> First(IEnumerable<RgbImage> all) => [.. all.Take(Shown)];
        return (score, PictureSheet.Of([First(scenes.Select(ScenePainter.Paint)), First(plain), First(edges), First(controlled), .. styled.Select(item => First(item.Pictures))], gap: 4, scale: 2));
    }

    private string Adapter(SceneStyle style) => Path.Combine(model, $"style-{style.ToString().ToLowerInvariant()}", "pytorch_lora_weights.safetensors");

    private static double Placed(PipelineQuality quality, Scene[] scenes, IReadOnlyList<RgbImage> pictures) =>
        scenes.Zip(quality.See(pictures)).Sum(static pair => pair.First.Objects.Count(item => pair.Second.Any(found => found.Item.Shape == item.Shape && PipelineQuality.Near(found.Item, item))))
        / (double)scenes.Sum(static scene => scene.Objects.Count);

    private static double Distance(PipelineQuality quality, IReadOnlyList<RgbImage> made, IReadOnlyList<RgbImage> painted)
    {
        using var scope = NewDisposeScope();
        return FrechetDistance.Of(quality.Features(made), quality.Features(painted));
    }
}
