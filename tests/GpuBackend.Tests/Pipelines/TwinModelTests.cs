using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Caches;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tests.Adapters;
using SimServe.GpuBackend.Tests.Golden;
using SimServe.GpuBackend.Tests.ModelFiles;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Pipelines;

/// <summary>Models that share their weights, and adapters of one that the other knows nothing of.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class TwinModelTests : IDisposable
{
    private const int Steps = 3;

    private readonly TinyFluxFolder _flux = new();
    private readonly TemporaryFolder _files = new();

    private static string[] Families => ["pipeline_sd", "pipeline_sdxl", "flux"];

    public void Dispose()
    {
        _flux.Dispose();
        _files.Remove();
    }

    [TestCaseSource(nameof(Families))]
    public void A_twin_gives_the_same_bits_and_takes_no_memory_for_weights(string family)
    {
        using var model = Open(family);
        using var recording = Recorded(model);
        var expected = Edited(model, recording, BlockMode.Cached);
        using var twin = model.Twin();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Edited(twin, recording, BlockMode.Cached), Is.EqualTo(expected));
            Assert.That(twin.SameWeights(model) && model.SameWeights(twin));
            Assert.That(ModelIdentity.Of(twin), Is.EqualTo(ModelIdentity.Of(model)));
            Assert.That((twin.Source, twin.Device.type), Is.EqualTo((model.Source, model.Device.type)));
        }
    }

    [TestCaseSource(nameof(Families))]
    public void An_adapter_of_a_twin_leaves_the_other_as_it_is_also_while_both_run(string family)
    {
        using var model = Open(family);
        using var recording = Recorded(model);
        using var twin = model.Twin();
        using var prepared = Prepared(model, family, Denoiser(family));
        var plain = Edited(model, recording, BlockMode.Plain);
        twin.Adapters.Use(ModelPart.Denoiser, prepared);
        var styled = Edited(twin, recording, BlockMode.Plain);
        Assert.That(styled, Is.Not.EqualTo(plain), "the adapter changes the image");
        Parallel.For(0, 12, number =>
        {
            var (used, expected) = number % 2 == 0 ? (model, plain) : (twin, styled);
            Assert.That(Edited(used, recording, BlockMode.Plain), Is.EqualTo(expected));
        });
        twin.Adapters.Use(null);
        Assert.That(Edited(twin, recording, BlockMode.Plain), Is.EqualTo(plain), "and leaves no trace");
    }

    [TestCaseSource(nameof(Families))]
    public void Prompts_are_encoded_by_the_requests_own_encoders_and_others_by_the_plain_ones(string family)
    {
        using var model = Open(family);
        using var recording = Recorded(model);
        using var prepared = Prepared(model, family, "text_encoder");
        var plain = Edited(model, recording, BlockMode.Plain);
        var styled = Edited(model, recording, BlockMode.Plain, prepared);
        Assert.That(styled, Is.Not.EqualTo(plain), "the adapter changes what the prompt says");
        Parallel.For(0, 12, number =>
            Assert.That(Edited(model, recording, BlockMode.Plain, number % 2 == 0 ? null : prepared), Is.EqualTo(number % 2 == 0 ? plain : styled)));
        using var crop = Prepared(model, family, "text_encoder");
        var request = RequestOf(model);
        Assert.That(
            model.Crop(recording.Template, Steps, request, crop).Pixels.SequenceEqual(model.Crop(recording.Template, Steps, request).Pixels), Is.False, "a crop's prompt too");
    }

    [Test]
    public void A_part_for_the_second_encoder_counts_as_well()
    {
        using var model = Open("pipeline_sdxl");
        using var recording = Recorded(model);
        using var prepared = Prepared(model, "pipeline_sdxl", "text_encoder_2");
        Assert.That(Edited(model, recording, BlockMode.Plain, prepared), Is.Not.EqualTo(Edited(model, recording, BlockMode.Plain)));
    }

    [Test]
    public void A_whole_adapter_is_what_the_pipeline_makes_of_it()
    {
        using var model = Open("pipeline_sd");
        using var recording = Recorded(model);
        using var adapter = LoraFile.Open(LoraFiles.Write(_files, "whole", FolderOf("pipeline_sd"), 0.3, "unet", "text_encoder"));
        using var prepared = model.Adapters.Prepare([(adapter, 0.5)]);
        model.Adapters.Use(ModelPart.Denoiser, prepared);
        var served = Edited(model, recording, BlockMode.Plain, prepared);
        model.Adapters.Use(null);
        using var alone = ServedFolder.Open(ServedFolder.Read(FolderOf("pipeline_sd")), 0);
        using var same = Recorded(alone);
        alone.Adapters.Apply([(adapter, 0.5)]);
        Assert.That(served, Is.EqualTo(Edited(alone, same, BlockMode.Plain)), "as if all models had been changed at once");
    }

    [TestCaseSource(nameof(Families))]
    public void Templates_are_recorded_by_the_plain_model(string family)
    {
        using var model = Open(family);
        using var twin = model.Twin();
        using var prepared = Prepared(model, family, Denoiser(family));
        var identity = ModelIdentity.Of(twin);
        twin.Adapters.Use(ModelPart.Denoiser, prepared);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Recorded(twin), Throws.InvalidOperationException.With.Message.Contains("recorded by the plain model"));
            Assert.That(ModelIdentity.Of(twin), Is.EqualTo(identity), "files of templates stay the model's");
        }
    }

    [Test]
    public void Adapters_of_other_weights_are_refused_and_nothing_is_held()
    {
        using var model = Open("pipeline_sd");
        using var other = Open("pipeline_sd");
        using var prepared = Prepared(other, "pipeline_sd", "unet", "text_encoder");
        using var recording = Recorded(model);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => model.Begin(recording, RequestOf(model), adapters: prepared), Throws.ArgumentException.With.Message.Contains("other weights"));
            Assert.That(() => model.Adapters.Use(prepared), Throws.ArgumentException);
            Assert.That(model.Adapters.ChangedWeights, Is.Zero);
        }
    }

    [Test]
    public void A_twin_leaves_nothing_behind()
    {
        using var model = Open("pipeline_sd");
        using var prepared = Prepared(model, "pipeline_sd", "unet", "text_encoder");
        using var recording = Recorded(model);
        Edited(model, recording, BlockMode.Plain, prepared);
        var before = LiveTensors.Settled();
        using (var twin = model.Twin())
        {
            twin.Adapters.Use(ModelPart.Denoiser, prepared);
            Edited(twin, recording, BlockMode.Plain, prepared);
        }

        Assert.That(LiveTensors.Count(), Is.EqualTo(before));
        Assert.That(Edited(model, recording, BlockMode.Plain), Is.All.Not.NaN, "the weights are still there");
    }

    [Test]
    public void A_model_of_seeded_weights_has_twins_too()
    {
        using var model = new FluxModel(Small.Config, 7);
        using var recording = Recorded(model);
        using var twin = model.Twin();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(twin.SameWeights(model));
            Assert.That(Edited(twin, recording, BlockMode.Cached), Is.EqualTo(Edited(model, recording, BlockMode.Cached)));
        }
    }

    private static string Denoiser(string family) => family == "flux" ? "transformer" : "unet";

    private static TemplateRecording Recorded(ServedModel model) =>
        model.Record(new EditTemplate(Small.Noise(model.Config.Grid.Width, model.Config.Grid.Height, 1), "a red circle", 1), Steps);

    private static Request RequestOf(ServedModel model) => new()
    {
        Id = new RequestId(0),
        ArrivesAt = default,
        Template = default,
        Mask = EditMask.FromTokens(model.Config.Grid, [.. Enumerable.Range(0, model.Config.Grid.Count / 3)]),
        Steps = Steps,
        Prompt = "a green star",
        Seed = 7,
    };

    private static float[] Edited(ServedModel model, TemplateRecording recording, BlockMode mode, PreparedAdapters? adapters = null)
    {
        using var edit = model.Begin(recording, RequestOf(model), adapters: adapters);
        while (!edit.IsFinished)
        {
            using var rows = new DirectTemplateRows([edit]);
            model.Step([edit], [.. Enumerable.Repeat(mode, model.Rows.Blocks)], rows);
        }

        return edit.CopyLatents();
    }

    private string FolderOf(string family) => family == "flux" ? _flux.Location : Path.Combine(GoldenFolder.Location, family);

    private ServedModel Open(string family) => ServedFolder.Open(ServedFolder.Read(FolderOf(family)), 0);

    private PreparedAdapters Prepared(ServedModel model, string family, params string[] parts)
    {
        using var adapter = LoraFile.Open(LoraFiles.Write(_files, $"{family}-{string.Join('-', parts)}", FolderOf(family), 0.5, parts));
        return model.Adapters.Prepare([(adapter, 1)]);
    }
}
