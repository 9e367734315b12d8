using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training.Quality;

/// <summary>Measures a demo model as it ships, in half precision, on scenes that nothing learned from.</summary>
/// <param name="model">The model's folder.</param>
/// <param name="judge">Sees what pictures show; not owned.</param>
/// <param name="seed">Seed of scenes and noise.</param>
/// <param name="amount">Pictures for each measure; <see cref="Full"/> for numbers that are told.</param>
public sealed class DemoMeasurement(string model, SceneJudge judge, long seed, MeasurementSize amount)
{
    /// <summary>Pictures that give shares to about 2 points.</summary>
    public static MeasurementSize Full { get; } = new(Captions: 512, Edits: 200, Repeated: 24, AddOns: 200);

    /// <summary>Just enough to see that it works.</summary>
    public static MeasurementSize Brief { get; } = new(Captions: 16, Edits: 4, Repeated: 2, AddOns: 4);

    private const int OfOneCaption = 4;
    private const int Shown = 8;

    /// <summary>Measures.</summary>
    /// <param name="progress">Told what is measured and the share done, or <c>null</c>.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>The numbers, and some of the edits with their results.</returns>
    public (ModelQuality Quality, IReadOnlyList<(SceneEdit Edit, RgbImage Result)> Edits) Run(Action<string, double>? progress = null, CancellationToken cancellation = default)
    {
        using var pipeline = PipelineFactory.Open(model, new PipelineOptions());
        using var noise = new SeededNoise(0, 1);
        var request = new ImageRequest { Prompts = [""], Width = 0, Height = 0, Steps = pipeline.Defaults.Steps, Guidance = pipeline.Defaults.Guidance, Noise = noise };
        var quality = new PipelineQuality(pipeline, judge, request);
        var (seen, heldOut) = (Scenes(SceneSplit.Validation), Scenes(SceneSplit.HeldOut));
        var (seenCaptions, seenPictures) = Made(quality, seen, "known kinds", progress, cancellation);
        var (heldOutCaptions, heldOutPictures) = Made(quality, heldOut, "held-out kinds", progress, cancellation);
        using var scope = NewDisposeScope();
        var painted = quality.Features([.. heldOut.Select(ScenePainter.Paint)]);
        var source = new SceneSource(seed, SceneSplit.HeldOut);
        var others = quality.Features([.. Enumerable.Range(amount.Captions, amount.Captions).Select(index => ScenePainter.Paint(source[index]))]);
        SceneEdit[] edits = [.. SceneEdit.Draw(source, amount.Edits, seed)];
        RgbImage[] edited = [.. edits.Select((edit, index) =>
        {
            progress?.Invoke("edits", (double)index / edits.Length);
            return quality.Make(edit, seed + index, cancellation);
        })];
        var measured = new ModelQuality
        {
            MillionWeights = Math.Round(Weights() / 1e6, 2),
            Steps = request.Steps,
            Guidance = request.Guidance,
            ReconstructionPsnr = Reconstruction(heldOut),
            JudgeRight = JudgeTask.Right(judge, heldOut),
            Validation = quality.Score(seenCaptions, seenPictures),
            HeldOut = quality.Score(heldOutCaptions, heldOutPictures),
            Frechet = FrechetDistance.Of(quality.Features(heldOutPictures), painted),
            FrechetOfPainted = FrechetDistance.Of(others, painted),
            Diversity = Diversity(quality, heldOut, progress, cancellation),
            Edits = quality.Score(edits, edited),
        };
        return (measured, [.. edits.Zip(edited).Take(Shown)]);
    }

    private Scene[] Scenes(SceneSplit split)
    {
        var source = new SceneSource(seed, split);
        return [.. Enumerable.Range(0, amount.Captions).Select(index => source[index])];
    }

    private (SceneCaption[] Captions, IReadOnlyList<RgbImage> Pictures) Made(
        PipelineQuality quality, Scene[] scenes, string what, Action<string, double>? progress, CancellationToken cancellation)
    {
        SceneCaption[] captions = [.. scenes.Select(SceneCaption.Full)];
        return (captions, quality.Make([.. captions.Select(static caption => caption.Text)], seed, done => progress?.Invoke(what, (double)done / captions.Length), cancellation));
    }

    private double Diversity(PipelineQuality quality, Scene[] scenes, Action<string, double>? progress, CancellationToken cancellation)
    {
        string[] captions = [.. scenes.Take(amount.Repeated).Select(static scene => scene.Caption)];
        using var scope = NewDisposeScope();
        var features = quality.Features(quality.Make(
            [.. captions.SelectMany(static caption => Enumerable.Repeat(caption, OfOneCaption))], seed + 1_000_000, done => progress?.Invoke("diversity", done / (double)(OfOneCaption * captions.Length)), cancellation));
        var distances = cdist(features, features);
        var caption = arange(features.shape[0], dtype: ScalarType.Int64).floor_divide(OfOneCaption);
        var same = caption.unsqueeze(0).eq(caption.unsqueeze(1));
        // A picture's distance from itself, 0, is left out.
        var within = distances.masked_select(same).sum().item<float>() / (captions.Length * OfOneCaption * (OfOneCaption - 1));
        return within / distances.masked_select(same.logical_not()).mean().item<float>();
    }

    private double Reconstruction(Scene[] scenes)
    {
        var folder = Path.Combine(model, "vae");
        using var autoencoder = new AutoencoderKL(AutoencoderConfig.Read(ConfigFile.Open(Path.Combine(folder, "config.json"))), WeightStore.Open(folder, ScalarType.Float32, CPU));
        using var mode = no_grad();
        return scenes.Average(scene => AutoencoderTask.Quality(autoencoder, ScenePainter.Paint(scene)));
    }

    private long Weights() => Directory.EnumerateFiles(model, "*.safetensors", SearchOption.AllDirectories).Sum(static path =>
    {
        using var file = SafetensorsFile.Open(path);
        return file.Tensors.Values.Sum(static entry => entry.Shape.Aggregate(1L, static (a, b) => a * b));
    });
}
