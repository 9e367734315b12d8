using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tokenizers;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.GpuBackend.Weights;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Masking;

/// <summary>The invariants of masked execution on a model from a folder, with an autoencoder and text encoders.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class TrainedModelTests : IDisposable
{
    private const int Steps = 4;
    private const double Rounding = 1e-4;

    private readonly TinyFluxFolder _folder = new();
    private readonly FluxModel _model;
    private readonly EditTemplate _template;
    private readonly TemplateRecording _recording;

    public TrainedModelTests()
    {
        _model = FluxFolder.Open(FluxFolder.Read(_folder.Location), 0);
        var scene = new SceneSource(1, SceneSplit.HeldOut)[0];
        _template = new EditTemplate(ScenePainter.Paint(scene), scene.Caption, 11);
        _recording = new TemplateRecorder(_model).Record(_template, Steps);
    }

    [Test]
    public void Noise_levels_are_shifted_as_the_scheduler_says() =>
        Assert.That(((TemplateTensors)_recording.Tensors).Sigmas, Is.EqualTo(FlowMatchEuler.Sigmas(Steps, 1.5)));

    [Test]
    public void An_image_as_latents_and_back_is_what_the_autoencoder_makes_of_it()
    {
        using var scope = NewDisposeScope();
        using var pipeline = AutoencoderOf(_folder);
        var latents = _model.Latents.Encode(_template.Image);
        var everything = EditMask.Everything(_model.Config.Grid);
        var back = _model.Latents.Composite((_template.Image, latents), everything, latents);
        var expected = PixelTensors.Images(pipeline.Decode(pipeline.Encode(PixelTensors.Of(_template.Image).mul(2).sub(1), null)))[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(latents.shape, Is.EqualTo(new long[] { 64, 8 }));
            Assert.That(back.Pixels.SequenceEqual(expected.Pixels));
            Assert.That(back.Pixels.SequenceEqual(_template.Image.Pixels), Is.False, "an untrained autoencoder changes pixels");
        }
    }

    [Test]
    public void A_token_holds_the_latents_behind_its_own_pixels()
    {
        using var scope = NewDisposeScope();
        using var codec = AutoencoderOf(_folder);
        var latents = codec.Encode(PixelTensors.Of(_template.Image).mul(2).sub(1), null);
        var tokens = _model.Latents.Encode(_template.Image);

        // Token 13 stands in row 1, column 5: latents of rows 2 and 3, columns 10 and 11.
        Assert.That(tokens[13].data<float>().ToArray(), Is.EqualTo(latents[0, .., 2..4, 10..12].contiguous().data<float>().ToArray()));
    }

    [Test]
    public void A_prompt_is_what_FluxText_makes_of_it()
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        using var text = FluxTextOf(_folder);
        using var noise = new SeededNoise(1, 1);
        var request = new ImageRequest { Prompts = ["a green star"], Width = 64, Height = 64, Steps = 1, Guidance = 0, Noise = noise, MaxSequenceLength = _model.Config.TextTokens };
        var expected = text.Encode(request, guided: false, null).Positive;
        var prompt = _model.Prompts.Encode("a green star");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(prompt.Text, Is.EqualTo(expected.Text.data<float>().ToArray()));
            Assert.That(prompt.Pooled, Is.EqualTo(expected.Pooled!.data<float>().ToArray()));
            Assert.That(_model.Prompts.Encode("a red star").Text, Is.Not.EqualTo(prompt.Text));
        }
    }

    [Test]
    public void Full_recomputation_is_the_plain_models_inference()
    {
        using var scope = NewDisposeScope();
        using var edit = Edit(EditMask.Everything(_model.Config.Grid), "a green star", 5);
        var latents = InitialNoise.Draw(_model, 5, [.. Enumerable.Range(0, 64)]);
        var (prompt, sigmas) = (_model.Prompts.Encode("a green star"), edit.Template.Sigmas);
        for (var step = 0; step < Steps; step++)
        {
            var velocity = _model.Velocity(latents, sigmas[step], prompt);
            latents = latents.add(velocity.mul(sigmas[step + 1] - sigmas[step]));
        }

        Finish(edit, BlockMode.Plain);
        Assert.That(Small.LargestDifference(Small.Values(edit), latents.data<float>().ToArray()), Is.Not.NaN.And.LessThan(Rounding));
    }

    [Test]
    public void Every_mode_keeps_the_pixels_outside_the_mask_and_changes_those_within([Values] BlockMode mode)
    {
        var mask = Small.PixelMask(3);
        using var edit = Edit(mask, "a green star", 5);
        Finish(edit, mode);
        var (image, changed) = (edit.ToImage(), 0);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            if (image.Pixels[i] != _template.Image.Pixels[i])
            {
                changed++;
                Assert.That(mask.Pixels.Edited[i / 3], $"byte {i} is outside the mask");
            }
        }

        Assert.That(changed, Is.Positive);
    }

    [Test]
    public void Loaded_and_recomputed_rows_give_the_same_latents()
    {
        using var cached = Edit(Small.RandomMask(4, 0.3), "a blue cross", 8);
        using var recomputed = Edit(Small.RandomMask(4, 0.3), "a blue cross", 8);
        Finish(cached, BlockMode.Cached);
        Finish(recomputed, BlockMode.Recomputed);
        Assert.That(Small.LargestDifference(Small.Values(cached), Small.Values(recomputed)), Is.Not.NaN.And.LessThan(Rounding));
    }

    [Test]
    public void A_decoded_edit_stands_among_the_templates_own_latents()
    {
        using var scope = NewDisposeScope();
        using var codec = AutoencoderOf(_folder);
        var mask = EditMask.FromTokens(_model.Config.Grid, [9, 10, 17]);
        using var edit = Edit(mask, "a red square", 6);
        Finish(edit, BlockMode.Cached);
        var latents = _model.Latents.Encode(_template.Image).index_copy(0, tensor([9L, 10, 17]), edit.Latents);
        var expected = PixelTensors.Images(codec.Decode(FluxPacking.Unpack(latents.unsqueeze(0), 8, 8)))[0];
        var image = edit.ToImage();
        var differing = Enumerable.Range(0, image.Pixels.Length)
            .Count(i => image.Pixels[i] != (mask.Pixels.Edited[i / 3] ? expected.Pixels[i] : _template.Image.Pixels[i]));
        Assert.That(differing, Is.Zero);
    }

    [Test]
    public void A_naive_crop_of_everything_is_full_inference()
    {
        using var edit = Edit(EditMask.Everything(_model.Config.Grid), "a green star", 5);
        Finish(edit, BlockMode.Plain);
        var (crop, full) = (NaiveCrop.Of(_model, _recording, edit.Request), edit.ToImage());
        Assert.That(crop.Pixels.ToArray().Zip(full.Pixels.ToArray(), static (a, b) => Math.Abs(a - b)).Max(), Is.LessThanOrEqualTo(1));
    }

    [Test]
    public void A_naive_crop_keeps_the_pixels_outside_the_mask()
    {
        var mask = EditMask.FromTokens(_model.Config.Grid, [9, 10, 17, 18]);
        using var edit = Edit(mask, "a green star", 5);
        var image = NaiveCrop.Of(_model, _recording, edit.Request);
        var changed = Enumerable.Range(0, image.Pixels.Length).Where(i => image.Pixels[i] != _template.Image.Pixels[i]).ToArray();
        Assert.That(changed, Is.Not.Empty.And.All.Matches<int>(i => mask.Pixels.Edited[i / 3]));
    }

    [Test]
    public void A_clean_context_is_the_picture_whatever_its_noise([Values] bool clean, [Values(BlockMode.Plain, BlockMode.Cached, BlockMode.Recomputed)] BlockMode mode)
    {
        using var model = FluxFolder.Open(_model.Config with { CleanContext = clean }, 0);
        using var one = new TemplateRecorder(model).Record(_template, Steps);
        using var other = new TemplateRecorder(model).Record(_template with { Seed = _template.Seed + 1 }, Steps);
        float[] Latents(TemplateRecording recording)
        {
            using var edit = new FluxEdit(model, recording, RequestOf(Small.RandomMask(4, 0.3), "a green star", 5));
            while (!edit.IsFinished)
            {
                using var rows = new DirectTemplateRows([edit]);
                new StepExecutor(model).Run([edit], Modes(mode), rows);
            }

            return Small.Values(edit);
        }

        var difference = Small.LargestDifference(Latents(one), Latents(other));
        Assert.That(difference, clean ? Is.LessThan(Rounding) : Is.GreaterThan(0.01));
    }

    [Test]
    public void Bfloat16_weights_serve_close_to_float32()
    {
        using var half = FluxFolder.Open(_model.Config with { Type = ScalarType.BFloat16 }, 0);
        using var recording = new TemplateRecorder(half).Record(_template, Steps);
        using var edit = Edit(Small.RandomMask(2, 0.3), "a green star", 5);
        using var rough = new FluxEdit(half, recording, edit.Request);
        Finish(edit, BlockMode.Cached);
        while (!rough.IsFinished)
        {
            using var rows = new DirectTemplateRows([rough]);
            new StepExecutor(half).Run([rough], Modes(BlockMode.Cached), rows);
        }

        Assert.That(Small.LargestDifference(Small.Values(edit), Small.Values(rough)), Is.Not.NaN.And.Positive.And.LessThan(0.2));
    }

    [Test]
    public void Models_of_one_folder_share_recordings_and_those_of_other_files_do_not()
    {
        using var again = FluxFolder.Open(FluxFolder.Read(_folder.Location), 5);
        using var elsewhere = new TinyFluxFolder(seed: 4);
        using var other = FluxFolder.Open(FluxFolder.Read(elsewhere.Location), 0);
        using var edit = Edit(Small.RandomMask(1, 0.2), "a", 1);
        var request = edit.Request;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new FluxEdit(again, _recording, request).Dispose(), Throws.Nothing);
            Assert.That(() => new FluxEdit(other, _recording, request), Throws.ArgumentException.With.Message.Contains(_folder.Location).And.Message.Contains(elsewhere.Location));
        }
    }

    public void Dispose()
    {
        _recording.Dispose();
        _model.Dispose();
        _folder.Dispose();
    }

    private static LatentCodec AutoencoderOf(TinyFluxFolder folder)
    {
        var config = FluxFolder.Read(folder.Location).Parts!.Autoencoder;
        return new LatentCodec(new AutoencoderKL(config, StoreOf(folder.PathOf("vae"))));
    }

    private static WeightStore StoreOf(string path) => WeightStore.Open(path, ScalarType.Float32, CPU);

    private static FluxText FluxTextOf(TinyFluxFolder folder)
    {
        var parts = FluxFolder.Read(folder.Location).Parts!;
        var clip = new ClipStage(TokenizerFactory.Open(folder.PathOf("tokenizer")), new ClipTextModel(parts.Clip, StoreOf(folder.PathOf("text_encoder"))));
        return new FluxText(clip, TokenizerFactory.Open(folder.PathOf("tokenizer_2")), new T5EncoderModel(parts.T5, StoreOf(folder.PathOf("text_encoder_2"))));
    }

    private FluxEdit Edit(EditMask mask, string prompt, long seed) => new(_model, _recording, RequestOf(mask, prompt, seed));

    private static Request RequestOf(EditMask mask, string prompt, long seed) => new()
    {
        Id = new RequestId(0), ArrivesAt = default, Template = default, Mask = mask, Steps = Steps, Prompt = prompt, Seed = seed,
    };

    private BlockMode[] Modes(BlockMode mode) => [.. Enumerable.Repeat(mode, _model.Config.Transformer.Blocks)];

    private void Finish(FluxEdit edit, BlockMode mode)
    {
        while (!edit.IsFinished)
        {
            using var rows = new DirectTemplateRows([edit]);
            new StepExecutor(_model).Run([edit], Modes(mode), rows);
        }
    }
}
