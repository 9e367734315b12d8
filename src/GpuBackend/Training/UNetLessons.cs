using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.ControlNets;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Schedulers;
using SimServe.GpuBackend.Tokenizers;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>What a U-Net and its add-ons learn from: noised latents of scenes with their captions.</summary>
/// <param name="train">Latents to learn from; not owned.</param>
/// <param name="validation">Latents to judge by; not owned.</param>
/// <param name="clip">Reads captions; not owned.</param>
/// <param name="autoencoder">Shows pictures; not owned.</param>
/// <param name="scheduler">Folder of scheduler_config.json.</param>
/// <param name="batch">Scenes of a step.</param>
/// <param name="type">Type that the models compute in.</param>
public sealed class UNetLessons(
    LatentSet train, LatentSet validation, (ClipTextModel Model, ITokenizer Tokenizer) clip, AutoencoderKL autoencoder, string scheduler, int batch, ScalarType type)
{
    private const int Judged = 256;
    private const int JudgedAtOnce = 64;
    private const int Shown = 10;
    private const int ShownSteps = 16;

    /// <summary>How strongly pictures are guided.</summary>
    internal const double Guidance = 4;

    private readonly (TrainingSchedule Schedule, bool IsNoise) _target = Target(ConfigFile.Open(Path.Combine(scheduler, "scheduler_config.json")));

    /// <summary>Questions about the scenes to learn from, for features of a U-Net's lowest level.</summary>
    /// <param name="width">Channels of the features.</param>
    /// <param name="levels">The U-Net's levels.</param>
    internal SceneQuestions Questions(int width, int levels) => new(width, train.Scenes, (Scene.Side / autoencoder.Config.Downscale) >> (levels - 1), autoencoder.Weights.Device);

    /// <summary>Mean squared error of a prediction on scenes to learn from.</summary>
    /// <param name="random">Draws scenes and captions.</param>
    /// <param name="generator">Draws noise.</param>
    /// <param name="predict">Predicts velocities, or noise where the scheduler expects that.</param>
    /// <param name="questions">Weighs errors by place, or <c>null</c>.</param>
    internal Tensor Error(RandomStream random, Generator generator, Func<UNetLesson, Tensor> predict, SceneQuestions? questions = null)
    {
        int[] chosen = [.. Enumerable.Range(0, batch).Select(_ => random.Next(train.Scenes.Count))];
        string[] captions = [.. chosen.Select(index => SceneCaption.Drawn(train.Scenes[index], random).Text)];
        var (errors, levels) = Errors(train, chosen, captions, generator, predict);
        if (questions is null)
        {
            return errors.mean();
        }

        var weights = questions.Weights(chosen, levels);
        return nn.functional.adaptive_avg_pool2d(errors.mean([1]), [questions.Side, questions.Side]).flatten(1).mul(weights).sum().div(weights.sum());
    }

    /// <summary>The same on validation scenes with full captions and noise that is always the same.</summary>
    internal double Validate(Func<UNetLesson, Tensor> predict)
    {
        using var generator = new Generator(1, autoencoder.Weights.Device);
        return validation.Scenes.Mean(Judged, JudgedAtOnce, chosen => Errors(validation, chosen, [.. chosen.Select(index => validation.Scenes[index].Caption)], generator, predict).Errors.mean());
    }

    /// <summary>Validation scenes over what a pipeline of these parts makes of their captions.</summary>
    /// <param name="unet">The U-Net.</param>
    /// <param name="net">A ControlNet that is shown the scenes' edges, or <c>null</c>.</param>
    internal RgbImage Picture(UNet2DConditionModel unet, ControlNetModel? net)
    {
        using var scope = NewDisposeScope();
        Scene[] scenes = [.. Enumerable.Range(0, Math.Min(Shown, validation.Scenes.Count)).Select(index => validation.Scenes[index])];
        using var noise = new SeededNoise(2, scenes.Length);
        // Not disposed: its parts belong to others.
        var pipeline = new StableDiffusionPipeline(
            new StableDiffusionText(new ClipStage(clip.Tokenizer, clip.Model)), unet, new LatentCodec(autoencoder), SchedulerChoice.Of(scheduler, null), net is null ? [] : [net], new PipelineDefaults(Scene.Side, ShownSteps, Guidance));
        var request = new ImageRequest
        {
            Prompts = [.. scenes.Select(static scene => scene.Caption)],
            Width = Scene.Side,
            Height = Scene.Side,
            Steps = ShownSteps,
            Guidance = Guidance,
            Noise = noise,
        };
        if (net is null)
        {
            using var plain = pipeline.Run(request);
            return PictureSheet.Of([[.. scenes.Select(ScenePainter.Paint)], plain.Images], scale: 2);
        }

        RgbImage[] edges = [.. scenes.Select(ScenePainter.Edges)];
        List<RgbImage> made = [];
        for (var index = 0; index < scenes.Length; index++)
        {
            using var one = new SeededNoise(2 + index, 1);
            using var result = pipeline.Run(request with { Prompts = [scenes[index].Caption], Noise = one, Controls = [new ControlInput { Net = 0, Image = edges[index] }] });
            made.AddRange(result.Images);
        }

        return PictureSheet.Of([[.. scenes.Select(ScenePainter.Paint)], edges, made], scale: 2);
    }

    // Squared errors, [B, C, h, w], and shares of noise, [B].
    private (Tensor Errors, Tensor Levels) Errors(LatentSet set, int[] chosen, string[] captions, Generator generator, Func<UNetLesson, Tensor> predict)
    {
        var noised = NoisedLatents.Draw(set.Of(chosen).to(autoencoder.Weights.Device), _target.Schedule, generator);
        var input = new UNetInput { Sample = noised.Sample.to(type), Timestep = noised.Timesteps, Text = Text(captions).to(type) };
        return (predict(new UNetLesson(input, set.Scenes, chosen)).to(ScalarType.Float32).sub(_target.IsNoise ? noised.Noise : noised.Velocity).square(), noised.Levels);
    }

    // What the scheduler expects of the model is what it learns to say.
    private static (TrainingSchedule, bool) Target(ConfigFile config)
    {
        var isNoise = config.Choice("prediction_type", "epsilon", "epsilon", "v_prediction") == "epsilon";
        var schedule = TrainingSchedule.Read(config, finite: false);
        config.ThrowIfFaulty();
        return (schedule, isNoise);
    }

    private Tensor Text(string[] captions)
    {
        using var mode = no_grad();
        return clip.Model.Forward(TokenRows.Of(clip.Tokenizer, captions, clip.Tokenizer.MaxLength, clip.Model.Weights.Device, null)).LastHiddenState;
    }
}
