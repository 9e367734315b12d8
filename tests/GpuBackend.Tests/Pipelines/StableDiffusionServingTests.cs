using SimServe.GpuBackend.Caches;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Profiling;
using SimServe.GpuBackend.Tests.Caches;
using SimServe.GpuBackend.Tests.Golden;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.Policies;
using SimServe.Policies.Batching;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Profiles;
using SimServe.Policies.Routing;
using SimServe.Policies.Serving;

namespace SimServe.GpuBackend.Tests.Pipelines;

/// <summary>U-Nets behind the interface that workers, caches and profiles use: the trained model that ships, and SDXL's and SD's tiny golden models.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class StableDiffusionServingTests : IDisposable
{
    private const int Steps = 3;
    private const double Rounding = 1e-4;

    private static readonly string Demo = Path.Combine(GoldenFolder.Repository(), "models", "demo-sd");
    private static readonly string[] Golden = [Path.Combine(GoldenFolder.Location, "pipeline_sd"), Path.Combine(GoldenFolder.Location, "pipeline_sdxl")];

    private readonly ServedModel _model = ServedFolder.Open(ServedFolder.Read(Demo), 0);
    private readonly EditTemplate[] _templates;
    private readonly TemplateRecording[] _recordings;

    public StableDiffusionServingTests()
    {
        var scenes = new SceneSource(3, SceneSplit.Validation);
        _templates = [.. Enumerable.Range(0, 2).Select(number => new EditTemplate(ScenePainter.Paint(scenes[number]), scenes[number].Caption, 40 + number))];
        _recordings = [.. _templates.Select(template => _model.Record(template, Steps))];
    }

    private static IEnumerable<TestCaseData> Folders() => Golden.Prepend(Demo).Select(static folder => new TestCaseData(folder).SetArgDisplayNames(Path.GetFileName(folder)));

    private static IEnumerable<TestCaseData> Formats() => Enum.GetValues<CacheVariant>()
        .SelectMany(static variant => Enum.GetValues<CacheNumbers>().Select(numbers => new CacheFormat(variant, numbers)))
        .Select(static format => new TestCaseData(format).SetArgDisplayNames(format.ToString()));

    public void Dispose()
    {
        Array.ForEach(_recordings, static recording => recording.Dispose());
        _model.Dispose();
    }

    [TestCaseSource(nameof(Folders))]
    public void A_mask_of_everything_equals_the_plain_model(string folder)
    {
        using var model = ServedFolder.Open(ServedFolder.Read(folder), 0);
        var grid = model.Config.Grid;
        using var recording = model.Record(new EditTemplate(Small.Noise(grid.Width, grid.Height, 1), "a red circle", 1), Steps);
        var request = RequestOf(0, EditMask.Everything(grid));
        Assert.That(Difference(Finished(model, recording, request, BlockMode.Cached), Finished(model, recording, request, BlockMode.Plain)), Is.Not.NaN.And.LessThan(Rounding));
    }

    [TestCaseSource(nameof(Folders))]
    public void What_is_recorded_has_the_bytes_that_policies_reckon_with(string folder)
    {
        using var model = ServedFolder.Open(ServedFolder.Read(folder), 0);
        var grid = model.Config.Grid;
        using var recording = model.Record(new EditTemplate(Small.Noise(grid.Width, grid.Height, 1), "a red circle", 1), Steps);
        Assert.That(recording.Bytes, Is.EqualTo(model.Config.ToShape().TemplateCacheBytes(Steps)).And.Positive);
    }

    [TestCaseSource(nameof(Formats))]
    public void An_edit_is_that_of_uncompressed_rows_but_for_what_its_numbers_lose(CacheFormat format)
    {
        using var model = ServedFolder.Open(ServedFolder.Read(Demo) with { Cache = format }, 0);
        using var recording = model.Record(_templates[0], Steps);
        var request = RequestOf(0, Square(_model.Config.Grid, 4, 4, 5));
        var difference = Difference(Finished(model, recording, request, BlockMode.Cached), Finished(_model, _recordings[0], request, BlockMode.Cached));
        TestContext.Out.WriteLine($"{format}: largest difference of latents {difference:G3}, {recording.Bytes} bytes");
        Assert.That(difference, Is.Not.NaN.And.LessThan(format.Numbers switch
        {
            CacheNumbers.BFloat16 => 0.05,
            CacheNumbers.Int8 => 0.1,
            CacheNumbers.Float8 => 0.5,
            _ => Rounding,
        }));
    }

    [Test]
    public void Reuse_stays_near_full_inference_and_outside_the_mask_is_the_template()
    {
        var request = RequestOf(0, Square(_model.Config.Grid, 4, 4, 6));
        var (cached, full) = (ImageOf(request, BlockMode.Cached), ImageOf(request, BlockMode.Plain));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ImageQuality.Ssim(cached, full), Is.GreaterThan(0.9));
            Assert.That(Outside(cached, request), Is.Zero);
            Assert.That(cached.Pixels.SequenceEqual(_templates[0].Image.Pixels), Is.False, "the edit changes something");
        }
    }

    [Test]
    public void A_margin_is_computed_and_not_edited()
    {
        var mask = Square(_model.Config.Grid, 4, 4, 4);
        var (tight, wide) = (RequestOf(0, mask), RequestOf(0, mask.Dilated(1)));
        var (narrow, margin) = (ImageOf(tight, BlockMode.Cached), ImageOf(wide, BlockMode.Cached));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Outside(margin, tight), Is.Zero);
            Assert.That(margin.Pixels.SequenceEqual(narrow.Pixels), Is.False, "a margin changes what is computed");
        }
    }

    [Test]
    public void An_edit_goes_on_from_its_latents_bit_for_bit()
    {
        var request = RequestOf(0, Square(_model.Config.Grid, 2, 2, 7));
        using var first = _model.Begin(_recordings[0], request);
        Take([first], BlockMode.Cached);
        using var second = _model.Begin(_recordings[0], request, 1, first.CopyLatents());
        first.Detach();
        first.Attach(_recordings[0]);
        while (!first.IsFinished)
        {
            Take([first], BlockMode.Cached);
            Take([second], BlockMode.Cached);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(second.CopyLatents(), Is.EqualTo(first.CopyLatents()));
            Assert.That(() => _model.Begin(_recordings[0], request, 1, new float[3]), Throws.ArgumentException.With.Message.Contains("3 latents"));
        }
    }

    [Test]
    public void A_recording_in_a_file_gives_the_same_edit_bit_for_bit_and_no_other_model_takes_it()
    {
        using var folder = new TemporaryFolder();
        new TemplateFiles(folder.Path, _model, Steps).Write(_recordings[0]);
        using var read = new TemplateFiles(folder.Path, _model, Steps).TryRead(_templates[0], out var fault)!;
        Assert.That(fault, Is.Null);
        var request = RequestOf(0, Square(_model.Config.Grid, 4, 4, 5));
        using var other = ServedFolder.Open(ServedFolder.Read(Demo) with { Cache = new CacheFormat(CacheVariant.KeysValues, CacheNumbers.AsModel) }, 0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Finished(_model, read, request, BlockMode.Cached), Is.EqualTo(Finished(_model, _recordings[0], request, BlockMode.Cached)));
            Assert.That(new TemplateFiles(folder.Path, other, Steps).Has(_templates[0]), Is.False);
            Assert.That(() => other.Begin(_recordings[0], request), Throws.ArgumentException.With.Message.Contains("demo-sd"));
        }
    }

    [Test]
    public void Workers_serve_it_and_neither_the_batch_nor_the_pipeline_changes_an_image([Values(OptimalPipeline.Name, GreedyPipeline.Name, SequentialPipeline.Name)] string pipeline)
    {
        Request[] requests = [.. Enumerable.Range(0, 8).Select(number => RequestOf(number, Square(_model.Config.Grid, number, number / 2, 4 + (number % 3))) with
        {
            ArrivesAt = Instant.FromSeconds(0.002 * number),
            Template = new TemplateId(number % 2),
        })];
        using var templates = new TemplateStore(_templates);
        var before = LiveTensors.Settled();
        var served = Run(templates).Serve(Setup(pipeline, batch: 3), requests, null, CancellationToken.None);
        Assert.That(served.Serving.Records.Select(static record => record.Outcome), Is.All.EqualTo(RequestOutcome.Completed), string.Join("; ", served.Serving.Faults.Select(static fault => fault.Reason)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(served.Serving.Segments.SelectMany(static segment => segment.Plan.Modes).Distinct(), Is.EqualTo(new[] { BlockMode.Cached }));
            Assert.That(served.Serving.Segments.Max(static segment => segment.BatchSize), Is.GreaterThan(1), "the test means to mix");
            foreach (var segment in served.Serving.Segments)
            {
                // Coarse levels have somewhat more masked tokens than their share.
                Assert.That(segment.BytesLoaded, Is.Positive.And.LessThanOrEqualTo(segment.Plan.BytesPerStep * segment.Steps));
            }

            foreach (var request in requests)
            {
                Assert.That(Small.LargestLevels(ImageOf(request, BlockMode.Cached), served.Images[request.Id]), Is.LessThanOrEqualTo(1), $"{request.Id}");
            }

            Assert.That(LiveTensors.Settled(), Is.LessThanOrEqualTo(before + _templates.Sum(_ => (2 * Steps) + 1)), "the store's recordings are all that stays");
        }
    }

    [Test]
    public void A_profile_knows_convolutions_and_cross_attention_apart()
    {
        using var loop = new WallClockLoop();
        using var templates = new TemplateStore([_templates[0]]);
        templates.Add(default, _model.Record(_templates[0], Steps));
        using var device = Run(templates).CreateDevices(loop)[0];
        var profile = new DeviceProfiler(_model, templates, maxBatchSize: 2).Measure([device], seconds: 0.1, progress: null, CancellationToken.None);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(profile.Samples.Select(static sample => sample.Term).Distinct(), Is.SupersetOf(new[]
            {
                ProfileTerm.Block(BlockKind.Convolution), ProfileTerm.Block(BlockKind.CrossAttention), ProfileTerm.Load, ProfileTerm.StepOverhead, ProfileTerm.Encode, ProfileTerm.Decode,
            }));
            Assert.That(profile.ModelSizes, Is.EqualTo(_model.Config.ToShape().Sizes));
            Assert.That(
                profile.Samples.Where(static sample => sample.Term == ProfileTerm.Block(BlockKind.CrossAttention)).Select(static sample => sample.Work.Members).Distinct(),
                Is.EquivalentTo(new[] { 2, 4 }),
                "both branches of guidance count");
        }
    }

    [Test]
    public void The_crop_knows_nothing_of_what_lies_around()
    {
        var request = RequestOf(0, Square(_model.Config.Grid, 5, 5, 5));
        var dark = _templates[0] with { Image = new RgbImage(64, 64, new byte[3 * 64 * 64]) };
        var (here, there) = (_model.Crop(_templates[0], Steps, request), _model.Crop(dark, Steps, request));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Outside(here, request), Is.Zero);
            Assert.That(here.Pixels.SequenceEqual(_templates[0].Image.Pixels), Is.False);
            Assert.That(there.Pixels.SequenceEqual(here.Pixels), Is.False, "the pictures differ around it");
        }
    }

    [Test]
    public void Every_weight_counts_in_the_memory_that_it_needs([ValueSource(nameof(Golden))] string folder)
    {
        string[] parts = ["unet", "vae", "text_encoder", "text_encoder_2"];
        var files = parts.Select(part => Path.Combine(folder, part)).Where(Directory.Exists)
            .SelectMany(static part => Directory.GetFiles(part, "*.safetensors")).Sum(static file => new FileInfo(file).Length);
        var need = DeviceMemory.Of([ServedFolder.Read(folder)], new ServingSize { Workers = 1, BatchSize = 2, Templates = 1, Steps = 4 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(need.Weights, Is.EqualTo(files).Within(10).Percent);
            Assert.That(new[] { need.LoadBuffers, need.Activations, need.Templates }, Is.All.Positive);
        }
    }

    [Test]
    public void A_scheduler_that_takes_another_number_of_steps_has_its_place_taken()
    {
        var (stable, xl) = ((StableDiffusionConfig)ServedFolder.Read(Golden[0]), (StableDiffusionConfig)ServedFolder.Read(Golden[1]));
        Assert.That((stable.Scheduler, xl.Scheduler), Is.EqualTo(("DDIMScheduler", (string?)null)), "PNDM takes one step more, Euler as many");
    }

    [Test]
    public void A_unet_that_is_shown_the_picture_is_refused() => Assert.That(
        static () => ServedFolder.Read(Path.Combine(GoldenFolder.Location, "pipeline_sd_inpaint")),
        Throws.TypeOf<ModelFileException>().With.Message.Contains("9 channels, 4 of them latents").And.Message.Contains("simserve edit"));

    private static EditMask Square(TokenGrid grid, int left, int top, int side) => EditMask.FromTokens(
        grid,
        [.. Enumerable.Range(0, grid.Count).Where(token => token % grid.Columns >= left && token % grid.Columns < left + side && token / grid.Columns >= top && token / grid.Columns < top + side)]);

    private static Request RequestOf(int number, EditMask mask) => new()
    {
        Id = new RequestId(number),
        ArrivesAt = default,
        Template = default,
        Mask = mask,
        Steps = Steps,
        Prompt = "a green star",
        Seed = 7 + number,
    };

    private static void Take(IReadOnlyList<EditState> batch, BlockMode mode)
    {
        var model = batch[0].Recording.Model;
        using var rows = new DirectTemplateRows(batch);
        model.Step(batch, [.. Enumerable.Repeat(mode, model.Rows.Blocks)], rows);
    }

    private static float[] Finished(ServedModel model, TemplateRecording recording, Request request, BlockMode mode)
    {
        using var edit = model.Begin(recording, request);
        while (!edit.IsFinished)
        {
            Take([edit], mode);
        }

        return edit.CopyLatents();
    }

    private static double Difference(float[] one, float[] other) => Small.LargestDifference(one, other);

    private RgbImage ImageOf(Request request, BlockMode mode)
    {
        using var edit = _model.Begin(_recordings[request.Template.Value], request);
        while (!edit.IsFinished)
        {
            Take([edit], mode);
        }

        return edit.ToImage();
    }

    // Pixels outside of the mask that are not the template's.
    private int Outside(RgbImage image, Request request)
    {
        var (pixels, template, mask) = (image.Pixels.ToArray(), _templates[0].Image.Pixels.ToArray(), request.Mask.Pixels.Edited.ToArray());
        return Enumerable.Range(0, pixels.Length).Count(i => pixels[i] != template[i] && !mask[i / 3]);
    }

    private RealRun Run(TemplateStore templates) => new()
    {
        Model = _model,
        Templates = templates,
        Device = new DeviceSpec { Name = "cpu", PeakFlopsPerSecond = 1e10, LinkBytesPerSecond = 1e9 },
        Workers = 2,
        Steps = Steps,
    };

    private ServingSetup Setup(string pipeline, int batch) => new()
    {
        Routing = new RoundRobin(),
        Batching = [.. Enumerable.Range(0, 2).Select(_ => new ContinuousBatching(new ContinuousBatchingOptions { MaxBatchSize = batch }))],
        Planners = [.. Enumerable.Range(0, 2).Select(_ => new StepPlanner(_model.Config.ToShape(), new Cheap(), PolicyCatalogue.CreatePipeline(pipeline)))],
    };

    // Loads cost little beside computation, so that plans reuse.
    private sealed class Cheap : ICostModel
    {
        public TimeSpan Encode => TimeSpan.FromMilliseconds(1);

        public TimeSpan Decode => TimeSpan.FromMilliseconds(1);

        public TimeSpan Compute(BlockKind kind, in Work work) => TimeSpan.FromMicroseconds(1 + (work.Flops / 1e5));

        public TimeSpan Load(long bytes) => TimeSpan.FromTicks(1);

        public TimeSpan StepOverhead(int members) => TimeSpan.FromMilliseconds(1);

        public TimeSpan Record(int steps) => TimeSpan.FromMilliseconds(20);
    }
}
