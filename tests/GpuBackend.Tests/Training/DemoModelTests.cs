using System.Text.Json;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tests.Golden;
using SimServe.GpuBackend.Training;
using SimServe.GpuBackend.Training.Quality;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Training;

/// <summary>The models that ship: what their cards claim, measured again on less.</summary>
public sealed class DemoModelTests
{
    private const long MostBytes = 16 << 20;
    private const long MostBytesOfBoth = 16_000_000;

    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);

    private static string Models { get; } = Path.Combine(GoldenFolder.Repository(), "models");

    private static readonly string[] Names = [DemoExport.Flux, DemoExport.StableDiffusion];

    [Test]
    public void All_models_together_take_at_most_16_MB() => Assert.That(BytesOf(Models), Is.LessThan(MostBytes));

    [Test]
    public void Both_pipelines_take_16_million_bytes_at_most() => Assert.That(Names.Sum(static name => BytesOf(Path.Combine(Models, name))), Is.LessThan(MostBytesOfBoth));

    [TestCaseSource(nameof(Names))]
    public void A_card_says_what_was_measured(string name)
    {
        var plan = TrainingRecipe.Open(Path.Combine(GoldenFolder.Repository(), "experiments", "training", "demo")).Plan;
        Assert.That(File.ReadAllText(Path.Combine(Models, name, "README.md")), Is.EqualTo(ModelCard.Of(name, Quality(name), plan)));
    }

    [TestCaseSource(nameof(Names))]
    public void Weights_are_halves(string name)
    {
        foreach (var path in Directory.GetFiles(Path.Combine(Models, name), "*.safetensors", SearchOption.AllDirectories))
        {
            using var file = SafetensorsFile.Open(path);
            Assert.That(file.Tensors.Values.Select(static entry => entry.Type).Distinct(), Is.EqualTo(new[] { ScalarType.Float16 }), path);
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Held_out_scenes_come_back_from_the_autoencoder_at_30_dB(string name)
    {
        var folder = Path.Combine(Models, name, "vae");
        using var model = new AutoencoderKL(AutoencoderConfig.Read(ConfigFile.Open(Path.Combine(folder, "config.json"))), WeightStore.Open(folder, ScalarType.Float32, CPU));
        using var mode = no_grad();
        var source = new SceneSource(77, SceneSplit.HeldOut);
        Assert.That(Enumerable.Range(0, 32).Average(index => AutoencoderTask.Quality(model, ScenePainter.Paint(source[index]))), Is.GreaterThan(30));
    }

    [TestCaseSource(nameof(Names))]
    public void The_judge_sees_held_out_scenes_as_often_as_the_card_says(string name)
    {
        using var judge = Judge();
        var source = new SceneSource(77, SceneSplit.HeldOut);
        var claimed = Quality(name).JudgeRight;
        Assert.That(
            JudgeTask.Right(judge, [.. Enumerable.Range(0, 256).Select(index => source[index])]), Is.EqualTo(claimed).Within(4 * Math.Sqrt(claimed * (1 - claimed) / 256)));
    }

    [TestCaseSource(nameof(Names))]
    public void Captions_are_followed_as_often_as_the_card_says(string name)
    {
        using var judge = Judge();
        using var pipeline = PipelineFactory.Open(Path.Combine(Models, name), new PipelineOptions());
        using var noise = new SeededNoise(0, 1);
        var quality = new PipelineQuality(pipeline, judge, new ImageRequest
        {
            Prompts = [""], Width = 0, Height = 0, Steps = pipeline.Defaults.Steps, Guidance = pipeline.Defaults.Guidance, Noise = noise,
        });
        // Other scenes than those of the card.
        var source = new SceneSource(78, SceneSplit.HeldOut);
        SceneCaption[] captions = [.. Enumerable.Range(0, 64).Select(index => SceneCaption.Full(source[index]))];
        var score = quality.Score(captions, quality.Make([.. captions.Select(static caption => caption.Text)], 5));
        var claimed = Quality(name).HeldOut;
        // Four standard deviations of a share of 64 pictures.
        Assert.That(score.Right, Is.EqualTo(claimed.Right).Within(4 * Math.Sqrt(claimed.Right * (1 - claimed.Right) / 64) + 0.01));
    }

    [Test]
    public void Edges_and_styles_do_what_the_card_says()
    {
        using var judge = Judge();
        var claimed = Quality(DemoExport.StableDiffusion).AddOns!;
        const int Pictures = 16;
        var (score, _) = new AddOnMeasurement(Path.Combine(Models, DemoExport.StableDiffusion), judge, 79, Pictures).Run()!.Value;
        using (Assert.EnterMultipleScope())
        {
            // Four standard deviations of a share of about two objects a picture.
            Assert.That(score.PlacedWithEdges, Is.EqualTo(claimed.PlacedWithEdges).Within(4 * Math.Sqrt(claimed.PlacedWithEdges * (1 - claimed.PlacedWithEdges) / (2 * Pictures)) + 0.01));
            Assert.That(score.PlacedWithoutEdges, Is.LessThan(0.5 * score.PlacedWithEdges));
            Assert.That(score.Styles.Select(static style => style.Name), Is.EqualTo(claimed.Styles.Select(static style => style.Name)));
            foreach (var style in score.Styles)
            {
                Assert.That(style.WithAdapter, Is.LessThan(0.5 * style.WithoutAdapter), style.Name);
            }
        }
    }

    private static long BytesOf(string folder) => Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Sum(static file => new FileInfo(file).Length);

    private static ModelQuality Quality(string name) => JsonSerializer.Deserialize<ModelQuality>(File.ReadAllText(Path.Combine(Models, name, "quality.json")), CamelCase)!;

    private static SceneJudge Judge() => new(WeightStore.Open(Path.Combine(Models, DemoExport.Judge), ScalarType.Float32, CPU));
}
