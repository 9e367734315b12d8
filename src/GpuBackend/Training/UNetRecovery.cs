using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Teaches a slim U-Net again, on painted scenes of 64x64 pixels, by the pipeline that it was cut from.</summary>
/// <remarks>Checkpoints lie in a folder, from which the same recovery goes on where it was interrupted, to the same weights (<see cref="TrainingLoop"/>).</remarks>
public sealed class UNetRecovery : IDisposable
{
    private const string Config = "config.json";
    private const string CheckpointFile = "checkpoint.safetensors";
    private const string ScenesFolder = "scenes";
    private const string LatentsPrefix = "latents-";

    private readonly Stack<IDisposable> _opened = new();
    private readonly UNetDistillation _task;
    private readonly RecoveryOptions _options;
    private readonly string _checkpoint;

    /// <summary>Opens everything; nothing is learned yet.</summary>
    /// <param name="pipeline">Folder of the Stable Diffusion pipeline that the model was cut from.</param>
    /// <param name="slim">Folder of the slim U-Net: configuration and weights.</param>
    /// <param name="work">Folder for scenes, latents and the checkpoint, made when missing.</param>
    /// <param name="options">How.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="ModelFileException">A file is not sound, or it is a pipeline with two text encoders, which scenes' captions are not given to.</exception>
    public UNetRecovery(string pipeline, string slim, string work, RecoveryOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(work);
        ArgumentNullException.ThrowIfNull(options);
        Directory.CreateDirectory(work);
        (_options, _checkpoint) = (options, Path.Combine(work, CheckpointFile));
        _task = PipelineFactory.AllOrNothing(opened =>
        {
            var task = Open(pipeline, slim, work, opened);
            foreach (var part in opened.Reverse())
            {
                _opened.Push(part);
            }

            return task;
        });
    }

    /// <summary>Teaches, or goes on teaching.</summary>
    /// <param name="observer">Watches, or <c>null</c>.</param>
    /// <param name="cancellation">Stops after a step; a checkpoint is written.</param>
    /// <exception cref="TrainingException">The loss is not finite any more, or a checkpoint is of another recovery or cannot be written.</exception>
    public RecoveryResult Run(ITrainingObserver? observer = null, CancellationToken cancellation = default)
    {
        double teacher;
        double before;
        using (no_grad())
        {
            (teacher, before) = (_options.Distils ? _task.ValidateTeacher() : double.NaN, _task.Validate());
        }

        return new RecoveryResult(teacher, before, new TrainingLoop(_options.Settings, _options.Seed, _checkpoint, observer).Run(_task, cancellation));
    }

    /// <summary>Deletes what recoveries leave in their folder, and nothing else.</summary>
    /// <param name="work">The folder, which must exist.</param>
    public static void Clear(string work)
    {
        foreach (var file in Directory.GetFiles(work, $"{LatentsPrefix}*.safetensors").Append(Path.Combine(work, CheckpointFile)))
        {
            File.Delete(file);
        }

        foreach (var folder in new[] { ScenesFolder, UNetDistillation.TaskName }.Select(name => Path.Combine(work, name)).Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What was learned, averaged over the last steps, by the weights' names; views that live as long as this.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights() => _task.Learned.AveragesOf();

    /// <inheritdoc/>
    public void Dispose()
    {
        _task.Dispose();
        while (_opened.TryPop(out var part))
        {
            part.Dispose();
        }
    }

    private UNetDistillation Open(string pipeline, string slim, string work, Stack<IDisposable> opened)
    {
        T Keep<T>(T part)
            where T : IDisposable
        {
            opened.Push(part);
            return part;
        }

        var index = ModelIndex.Open(pipeline);
        if (index.Class("text_encoder_2") is not null)
        {
            throw new ModelFileException($"{index.Path}: the pipeline has two text encoders; recovery on painted scenes knows Stable Diffusion 1 and 2.");
        }

        var options = new PipelineOptions { Type = _options.Settings.Type, Device = CPU, Optimisations = Layers.BackboneOptimisations.None };
        var (plain, unet) = (options with { Type = ScalarType.Float32 }, index.Component("unet", nameof(UNet2DConditionModel)));
        var clip = PipelineFactory.Clip(index, plain, opened, "text_encoder", "tokenizer");
        var codec = Keep(PipelineFactory.Codec(index, plain));
        var teacher = _options.Distils ? Keep(PipelineFactory.UNet(unet, options)) : null;
        var weights = WeightStore.Open(slim, _options.Settings.Type, CPU);
        opened.Push(weights);
        var student = new UNet2DConditionModel(UNetConfig.Read(ConfigFile.Open(Path.Combine(slim, Config))), weights);
        LatentSet Latents(SceneSplit split, int count) => Keep(LatentSet.Open(
            Path.Combine(work, $"{LatentsPrefix}{split.ToString().ToLowerInvariant()}-{count}-{_options.Seed}.safetensors"), Keep(SceneSet.Open(Path.Combine(work, ScenesFolder), _options.Seed, split, count)), codec.Autoencoder));
        var lessons = new UNetLessons(
            Latents(SceneSplit.Train, _options.Scenes), Latents(SceneSplit.Validation, _options.JudgedScenes), (clip.Model, clip.Tokenizer), codec.Autoencoder, Path.Combine(pipeline, "scheduler"),
            _options.Settings.Batch, _options.Settings.Type);
        return new UNetDistillation(student, teacher, lessons);
    }
}
