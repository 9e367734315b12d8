using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tests.Adapters;
using SimServe.GpuBackend.Tests.Golden;
using SimServe.GpuBackend.Tests.ModelFiles;
using SimServe.Policies.AddOns;

namespace SimServe.GpuBackend.Tests.AddOns;

[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class LoraBoundMeasurementTests : IDisposable
{
    private const int Steps = 4;

    private static readonly string Folder = Path.Combine(GoldenFolder.Location, "pipeline_sd");

    private readonly TemporaryFolder _files = new();
    private readonly string _lora;

    public LoraBoundMeasurementTests() => _lora = LoraFiles.Write(_files, "style", Folder, 0.4, "unet", "text_encoder");

    private static LoraBoundOptions Options => new() { Steps = Steps, Prompts = ["a red circle", "a green star"], Seeds = 3, BatchSize = 2 };

    public void Dispose() => _files.Remove();

    [Test]
    public void It_measures_every_step_and_every_lateness()
    {
        var bound = Measure(1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bound.Similarity.Select(static step => step.Step), Is.EqualTo(Enumerable.Range(1, Steps)));
            Assert.That(bound.Late.Select(static late => late.Steps), Is.EqualTo(Enumerable.Range(0, Steps + 1)));
            Assert.That((bound.Late[0].Latents, bound.Late[0].Image), Is.EqualTo((Likeness.Same, Likeness.Same)), "in time is what it is compared with");
            Assert.That(bound.Late[^1].Latents, Is.EqualTo(bound.Similarity[^1].Latents), "never is the model without the LoRA");
            Assert.That(bound.Late[1].Image.Mean, Is.LessThan(1));
            Assert.That(bound.Loras.Single().Sha256, Does.Match("^[0-9a-f]{64}$"));
            Assert.That((bound.Model, bound.Prompts.Count, bound.Seeds), Is.EqualTo(("pipeline_sd", 2, 3)));
        }
    }

    [Test]
    public void How_many_images_are_made_at_once_matters_to_rounding_only()
    {
        var (two, one) = (Measure(1), new LoraBoundMeasurement(Folder, [new LoraSource(_lora)], Options with { BatchSize = 1 }).Run());
        Assert.That(one.Late.Select(static late => late.Image.Mean), Is.EqualTo(two.Late.Select(static late => late.Image.Mean)).Within(0.02));
        Assert.That(one.Similarity.Select(static step => step.Latents.Least), Is.EqualTo(two.Similarity.Select(static step => step.Latents.Least)).Within(1e-4));
    }

    [Test]
    public void A_lora_of_no_effect_may_be_late_for_ever()
    {
        var bound = Measure(0);
        Assert.That((bound.BySimilarity, bound.ByImage, bound.Late[^1].Image), Is.EqualTo((Steps, Steps, Likeness.Same)));
    }

    [Test]
    public void The_late_image_is_that_of_a_pipeline_that_changes_its_weights_in_the_middle()
    {
        var bound = new LoraBoundMeasurement(Folder, [new LoraSource(_lora)], Options with { Prompts = ["a red circle"], Seeds = 1 }).Run();
        var config = (StableDiffusionConfig)ServedFolder.Read(Folder);
        using var pipeline = PipelineFactory.Open(Folder, new PipelineOptions { Scheduler = config.Scheduler });
        using var library = new LoraLibrary([new LoraSource(_lora)]);
        using var adapters = library.Load(pipeline.Adapters, [0]);
        pipeline.Adapters.Use(adapters);
        RgbImage ImageOf(int after)
        {
            using var noise = new SeededNoise(1, 1);
            using var result = pipeline.Run(
                new ImageRequest { Prompts = ["a red circle"], Width = config.Grid.Width, Height = config.Grid.Height, Steps = Steps, Guidance = pipeline.Defaults.Guidance, Noise = noise },
                new LateUse(pipeline, adapters, after));
            return result.Images[0];
        }

        Assert.That(bound.Late[2].Image.Mean, Is.EqualTo(ImageQuality.Ssim(ImageOf(2), ImageOf(0))).Within(1e-12));
    }

    [Test]
    public void Files_that_are_missing_or_of_another_model_say_so()
    {
        var other = LoraFiles.Write(_files, "xl", Path.Combine(GoldenFolder.Location, "pipeline_sdxl"), 0.4, "unet");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new LoraBoundMeasurement(Folder, [new LoraSource(_files.At("none"))], Options).Run(), Throws.TypeOf<FileNotFoundException>());
            Assert.That(() => new LoraBoundMeasurement(Folder, [new LoraSource(other)], Options).Run(), Throws.TypeOf<ModelFileException>().With.Message.Contains("made for another model"));
        }
    }

    [TestCase(1, "0,1")]
    [TestCase(3, "0,1,2,3")]
    [TestCase(70, "0,3,6,9,12,15,18,21,24,27,30,33,36,39,42,45,48,51,54,57,60,63,66,69,70")]
    public void Long_runs_are_measured_in_some_places(int steps, string grid) =>
        Assert.That(string.Join(',', LoraBoundMeasurement.Grid(steps)), Is.EqualTo(grid));

    private LoraBound Measure(double scale) => new LoraBoundMeasurement(Folder, [new LoraSource(_lora, scale)], Options).Run();
}
