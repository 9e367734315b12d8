using System.Globalization;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.ControlNets;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tokenizers;
using SimServe.GpuBackend.Training.Quality;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Trains the parts of the demo models, one after the other; what is finished is not trained again.</summary>
public sealed class DemoTraining : IDisposable
{
    private const string Vae = "vae";
    private const string Text = "text";
    private const string Clip = "text_encoder";
    private const string T5 = "text_encoder_2";
    private const string Judge = "judge";
    private const string Teacher = "teacher";
    private const string Transformer = "transformer";
    private const string SdText = SdTextTask.Part;
    private const string Unet = "unet";
    private const string ControlNet = "controlnet";
    private const string Scheduler = "scheduler";
    private const int StyleRank = 4;
    private const int MostStyled = 2048;

    private readonly TrainingRecipe _recipe;
    private readonly TrainingFolder _folder;
    private readonly Device _device;
    private readonly ITrainingObserver? _observer;
    private readonly string? _start;
    private readonly List<IDisposable> _opened = [];
    private readonly Lazy<SceneSet> _train;
    private readonly Lazy<SceneSet> _validation;
    private readonly Lazy<SceneSet> _judged;

    /// <summary>Creates the training; nothing is trained yet.</summary>
    /// <param name="recipe">How.</param>
    /// <param name="folder">Where.</param>
    /// <param name="device">On what.</param>
    /// <param name="observer">Watches, or <c>null</c>.</param>
    /// <param name="start">A folder of models whose denoisers the training begins with, or <c>null</c> to begin anew.</param>
    public DemoTraining(TrainingRecipe recipe, TrainingFolder folder, Device device, ITrainingObserver? observer = null, string? start = null)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(folder);
        (_recipe, _folder, _device, _observer, _start) = (recipe, folder, device, observer, start);
        var plan = recipe.Plan;
        Parts = [Vae, Text, Judge, .. plan.Teacher is null ? [] : (string[])[Teacher], Transformer, .. plan.Unet is null ? [] : (string[])[SdText, Unet], .. plan.Controlnet is null ? [] : (string[])[ControlNet], .. plan.Style is null ? [] : Styles.Select(StylePart)];
        _train = new(() => Scenes(SceneSplit.Train, recipe.Plan.TrainScenes));
        _validation = new(() => Scenes(SceneSplit.Validation, recipe.Plan.JudgedScenes));
        _judged = new(() => Scenes(SceneSplit.AllPairs, recipe.Plan.TrainScenes));
    }

    /// <summary>The parts that recipes may have, in the order in which they need one another.</summary>
    public static IReadOnlyList<string> AllParts { get; } = [Vae, Text, Judge, Teacher, Transformer, SdText, Unet, ControlNet, .. Styles.Select(StylePart)];

    /// <summary>The parts of this recipe, in the order in which they need one another.</summary>
    public IReadOnlyList<string> Parts { get; }

    private static IEnumerable<SceneStyle> Styles => Enum.GetValues<SceneStyle>().Where(static style => style != SceneStyle.None);

    /// <summary>Goals of the recipe that parts trained by this object did not reach, in words.</summary>
    public IList<string> Missed { get; } = [];

    /// <summary>Trains a part, unless it is finished.</summary>
    /// <param name="part">One of <see cref="Parts"/>; those before it must be finished.</param>
    /// <param name="cancellation">Stops after a step; the same call goes on from there.</param>
    /// <exception cref="TrainingException">It cannot go on; the message says what is kept.</exception>
    public void Train(string part, CancellationToken cancellation = default)
    {
        if (!Parts.Contains(part))
        {
            throw new ArgumentOutOfRangeException(nameof(part), part, $"The recipe '{_recipe.Folder}' has no such part; it has {string.Join(", ", Parts)}.");
        }

        // A teacher has nobody left to teach once the transformer is there.
        if (part == Text ? _folder.Has(Clip) && _folder.Has(T5) : _folder.Has(part) || (part == Teacher && _folder.Has(Transformer)))
        {
            return;
        }

        switch (part)
        {
            case Vae:
                TrainVae(cancellation);
                break;
            case Text:
                TrainText(cancellation);
                break;
            case Judge:
                TrainJudge(cancellation);
                break;
            case Teacher:
                TrainTransformer(Teacher, _recipe.Plan.Teacher!, cancellation);
                break;
            case Transformer:
                TrainTransformer(Transformer, _recipe.Plan.Transformer, cancellation);
                break;
            case SdText:
                TrainSdText(cancellation);
                break;
            case Unet:
                TrainUnet(cancellation);
                break;
            case ControlNet:
                TrainControlNet(cancellation);
                break;
            default:
                TrainStyle(Styles.Single(style => StylePart(style) == part), cancellation);
                break;
        }
    }

    /// <summary>The judge; it must be trained.</summary>
    /// <exception cref="TrainingException">It is not.</exception>
    public SceneJudge OpenJudge() => new(_folder.Open(Judge, _device));

    /// <inheritdoc/>
    public void Dispose()
    {
        _opened.ForEach(static opened => opened.Dispose());
        foreach (var set in new[] { _train, _validation, _judged }.Where(static set => set.IsValueCreated))
        {
            set.Value.Dispose();
        }
    }

    private void TrainVae(CancellationToken cancellation)
    {
        var settings = _recipe.Plan.Vae;
        using var model = new AutoencoderKL(AutoencoderConfig.Read(_recipe.Config(Vae)), Fresh(settings));
        SceneSet[] styled = [.. _recipe.Plan.Style is null ? [] : Styles.Select(StyledScenes)];
        _opened.AddRange(styled);
        using var task = new AutoencoderTask(model, _train.Value, styled, _validation.Value, settings.Batch);
        Run(Vae, settings, task, cancellation);
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        using var averaged = task.Learned.Averaged();
        var (mean, deviation) = task.Latents();
        _folder.Finish(Vae, _recipe.ConfigPath(Vae), task.Learned.AveragesOf(), ("scaling_factor", Math.Round(1 / deviation, 5)), ("shift_factor", Math.Round(mean, 5)));
    }

    private void TrainText(CancellationToken cancellation)
    {
        var settings = _recipe.Plan.Text;
        var (clipTokens, t5Tokens) = Tokenizers();
        var clipConfig = SceneClip();
        var t5Config = T5EncoderConfig.Read(_recipe.Config(T5)) with { Vocabulary = SceneTokenizers.T5Count };
        using var clip = new ClipTextModel(clipConfig, Fresh(settings));
        using var t5 = new T5EncoderModel(t5Config, Fresh(settings));
        using var task = new TextTask((clip, clipTokens), (t5, t5Tokens), _recipe.Plan, settings.Batch);
        Run(Text, settings, task, cancellation);
        using var scope = NewDisposeScope();
        FinishClip(Clip, clipConfig, task.Learned);
        _folder.Finish(T5, _recipe.ConfigPath(T5), task.Learned.AveragesOf("t5."), ("vocab_size", t5Config.Vocabulary));
    }

    private void TrainSdText(CancellationToken cancellation)
    {
        var settings = _recipe.Plan.TextSd!;
        var config = SceneClip();
        using var clip = new ClipTextModel(config, Fresh(settings));
        using var task = new SdTextTask(clip, Tokenizers().Clip, _recipe.Plan, settings.Batch);
        Run(SdText, settings, task, cancellation);
        using var scope = NewDisposeScope();
        FinishClip(SdText, config, task.Learned);
    }

    private ClipTextConfig SceneClip() => ClipTextConfig.Read(_recipe.Config(Clip)) with { Vocabulary = SceneTokenizers.ClipCount, EndToken = SceneTokenizers.ClipCount - 1 };

    private void FinishClip(string part, ClipTextConfig config, LearnedWeights learned) => _folder.Finish(
        part,
        _recipe.ConfigPath(Clip),
        learned.AveragesOf("clip."),
        ("vocab_size", config.Vocabulary),
        ("bos_token_id", config.EndToken - 1),
        ("eos_token_id", config.EndToken));

    private void TrainJudge(CancellationToken cancellation)
    {
        var settings = _recipe.Plan.Judge;
        using var judge = new SceneJudge(Fresh(settings));
        using var task = new JudgeTask(judge, _judged.Value, _validation.Value, settings.Batch);
        Run(Judge, settings, task, cancellation);
        using var scope = NewDisposeScope();
        _folder.Finish(Judge, task.Learned.AveragesOf());
    }

    private void TrainTransformer(string part, TrainingSettings settings, CancellationToken cancellation)
    {
        var (clipTokens, t5Tokens) = Tokenizers();
        using var text = new FluxText(
            new ClipStage(clipTokens, OpenClip(Clip)), t5Tokens, new T5EncoderModel(T5EncoderConfig.Read(_folder.Config(T5)), _folder.Open(T5, _device)));
        using var vae = OpenVae();
        using var train = Latents(SceneSplit.Train, _train.Value, vae);
        using var validation = Latents(SceneSplit.Validation, _validation.Value, vae);
        var config = FluxTransformerConfig.Read(_recipe.Config(Transformer));
        using var teacher = part == Transformer && _recipe.Plan.Teacher is not null ? new FluxTransformer2DModel(config, _folder.Open(Teacher, _device, settings.Type)) : null;
        using var model = new FluxTransformer2DModel(config, teacher is null || _start is not null ? Started(Transformer, settings) : CopyOf(teacher, settings));
        using var task = new FluxTask(model, text, vae, train, validation, settings.Batch, part, teacher is null ? null : (teacher, _recipe.Plan.Guidance));
        Run(part, settings, task, cancellation);
        using var scope = NewDisposeScope();
        _folder.Finish(part, _recipe.ConfigPath(Transformer), task.Learned.AveragesOf(FluxTask.ModelPrefix));
    }

    private void TrainUnet(CancellationToken cancellation)
    {
        var settings = _recipe.Plan.Unet!;
        using var parts = OpenLessons(settings, SceneStyle.None);
        using var model = new UNet2DConditionModel(UNetConfig.Read(_recipe.Config(Unet)), Started(Unet, settings));
        using var task = new UNetTask(model, parts.Lessons);
        Run(Unet, settings, task, cancellation);
        using var scope = NewDisposeScope();
        File.Copy(Path.Combine(_recipe.Folder, Scheduler, "scheduler_config.json"), Path.Combine(_folder.Of(Scheduler), "scheduler_config.json"), overwrite: true);
        _folder.Finish(Unet, _recipe.ConfigPath(Unet), task.Learned.AveragesOf(UNetTask.ModelPrefix));
    }

    private void TrainControlNet(CancellationToken cancellation)
    {
        var settings = _recipe.Plan.Controlnet!;
        using var parts = OpenLessons(settings, SceneStyle.None);
        using var unet = OpenUnet(settings);
        using var net = new ControlNetModel(ControlNetConfig.Read(_recipe.Config(ControlNet)), WeightStore.ToTrain(_recipe.Plan.Seed, settings.Type, _device, ControlNetTask.Start(unet)));
        using var task = new ControlNetTask(net, unet, parts.Lessons);
        Run(ControlNet, settings, task, cancellation);
        using var scope = NewDisposeScope();
        _folder.Finish(ControlNet, _recipe.ConfigPath(ControlNet), task.Learned.AveragesOf());
    }

    private void TrainStyle(SceneStyle style, CancellationToken cancellation)
    {
        var settings = _recipe.Plan.Style!;
        using var parts = OpenLessons(settings, style);
        using var unet = OpenUnet(settings);
        using var task = new StyleTask(StylePart(style), unet, parts.Lessons, StyleRank, _recipe.Plan.Seed);
        Run(StylePart(style), settings, task, cancellation);
        using var scope = NewDisposeScope();
        _folder.Finish(StylePart(style), task.Learned.AveragesOf());
    }

    private ClipTextModel OpenClip(string part) => new(ClipTextConfig.Read(_folder.Config(part)), _folder.Open(part, _device));

    private AutoencoderKL OpenVae() => new(AutoencoderConfig.Read(_folder.Config(Vae)), _folder.Open(Vae, _device));

    private UNet2DConditionModel OpenUnet(TrainingSettings settings) => new(UNetConfig.Read(_folder.Config(Unet)), _folder.Open(Unet, _device, settings.Type));

    private static string StylePart(SceneStyle style) => $"style-{style.ToString().ToLowerInvariant()}";

    private OpenParts OpenLessons(TrainingSettings settings, SceneStyle style)
    {
        var (clip, vae) = (OpenClip(SdText), OpenVae());
        var (train, validation) = (_train.Value, _validation.Value);
        List<IDisposable> owned = [clip, vae];
        if (style != SceneStyle.None)
        {
            train = StyledScenes(style);
            validation = Scenes(SceneSplit.Validation, _recipe.Plan.JudgedScenes, style);
            owned.AddRange([train, validation]);
        }

        var suffix = style == SceneStyle.None ? string.Empty : "-" + style.ToString().ToLowerInvariant();
        var latents = (Train: Latents(SceneSplit.Train, train, vae, suffix), Validation: Latents(SceneSplit.Validation, validation, vae, suffix));
        owned.AddRange([latents.Train, latents.Validation]);
        return new OpenParts(new UNetLessons(latents.Train, latents.Validation, (clip, Tokenizers().Clip), vae, Path.Combine(_recipe.Folder, Scheduler), settings.Batch, settings.Type), owned);
    }

    private (ITokenizer Clip, ITokenizer T5) Tokenizers()
    {
        var (clip, t5) = (_folder.Of("tokenizer"), _folder.Of("tokenizer_2"));
        SceneTokenizers.WriteClip(clip);
        SceneTokenizers.WriteT5(t5);
        return (TokenizerFactory.Open(clip), TokenizerFactory.Open(t5));
    }

    private LatentSet Latents(SceneSplit split, SceneSet scenes, AutoencoderKL vae, string suffix = "") =>
        LatentSet.Open(Path.Combine(_folder.Of(Vae), $"latents-{split.ToString().ToLowerInvariant()}{suffix}.safetensors"), scenes, vae);

    private void Run(string part, TrainingSettings settings, TrainingTask task, CancellationToken cancellation)
    {
        var reached = new TrainingLoop(settings, _recipe.Plan.Seed, _folder.Checkpoint(part), _observer).Run(task, cancellation)[^1].Validation;
        if (settings.Goal is { } goal && (task.MoreIsBetter ? reached < goal : reached > goal))
        {
            Missed.Add(string.Create(CultureInfo.InvariantCulture, $"{part}: {task.Measure} is {reached:0.000} but must be at {(task.MoreIsBetter ? "least" : "most")} {goal}"));
        }
    }

    // Weights of an earlier training, as the same part has them in a folder of models.
    private WeightStore Started(string part, TrainingSettings settings)
    {
        if (_start is null)
        {
            return Fresh(settings);
        }

        var files = WeightFiles.Open(Path.Combine(_start, DemoExport.Places.Single(place => place.Part == part).Place));
        _opened.Add(files);
        return WeightStore.ToTrain(_recipe.Plan.Seed, settings.Type, _device, (name, _) => files.Has(name) ? files.Read(name) : null);
    }

    private WeightStore CopyOf(FluxTransformer2DModel model, TrainingSettings settings) =>
        WeightStore.ToTrain(_recipe.Plan.Seed, settings.Type, _device, (name, _) => model.Weights.All[name].Value);

    private WeightStore Fresh(TrainingSettings settings) => WeightStore.ToTrain(_recipe.Plan.Seed, settings.Type, _device);

    private SceneSet StyledScenes(SceneStyle style) => Scenes(SceneSplit.Train, Math.Min(MostStyled, _recipe.Plan.TrainScenes), style);

    private SceneSet Scenes(SceneSplit split, int count, SceneStyle style = SceneStyle.None) => SceneSet.Open(_folder.Scenes, _recipe.Plan.Seed, split, count, style);

    private sealed record OpenParts(UNetLessons Lessons, List<IDisposable> Owned) : IDisposable
    {
        public void Dispose() => Owned.ForEach(static part => part.Dispose());
    }
}
