using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Models.UNets;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Trains a text-conditioned U-Net to predict velocities.</summary>
/// <remarks>
/// Source: Rombach et al., 2022, with the target of Salimans and Ho, 2022, as Stable Diffusion 2 has it. Its middle block is asked what each place shows (<see cref="SceneQuestions"/>).
/// </remarks>
public sealed class UNetTask : TrainingTask
{
    private readonly UNetLessons _lessons;
    private readonly UNet2DConditionModel _model;
    private readonly SceneQuestions _questions;

    /// <summary>Creates the task.</summary>
    /// <param name="model">The U-Net; not owned.</param>
    /// <param name="lessons">What it learns from; not owned.</param>
    public UNetTask(UNet2DConditionModel model, UNetLessons lessons)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(lessons);
        (_model, _lessons) = (model, lessons);
        var levels = model.Config.Encoder.Levels;
        _questions = lessons.Questions(levels[^1].Channels, levels.Count);
        Learned = new LearnedWeights([(ModelPrefix, model.Weights), ("asking.", _questions.Asking)]);
    }

    /// <summary>What the names of the U-Net's own weights begin with in <see cref="Learned"/>.</summary>
    internal const string ModelPrefix = "unet.";

    /// <inheritdoc/>
    public override string Name => "unet";

    /// <inheritdoc/>
    public override LearnedWeights Learned { get; }

    /// <inheritdoc/>
    public override Tensor Loss(RandomStream random, Generator generator)
    {
        Tensor? wrong = null;
        var error = _lessons.Error(random, generator, lesson =>
        {
            var encoded = _model.Encode(lesson.Input);
            wrong = _questions.Wrong(encoded.Mid.flatten(2).transpose(1, 2).flatten(0, 1), lesson.Chosen);
            return _model.Decode(encoded);
        }, _questions);
        return error.add(wrong!, SceneQuestions.Weight);
    }

    /// <inheritdoc/>
    public override double Validate() => _lessons.Validate(lesson => _model.Forward(lesson.Input));

    /// <summary>Validation scenes over what the model makes of their captions.</summary>
    public override RgbImage Picture() => _lessons.Picture(_model, null);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _questions.Dispose();
    }
}
