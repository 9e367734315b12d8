using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Models.UNets;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Trains a text-conditioned U-Net to predict velocities.</summary>
/// <remarks>Source: Rombach et al., 2022, with the target of Salimans and Ho, 2022, as Stable Diffusion 2 has it.</remarks>
public sealed class UNetTask : TrainingTask
{
    private readonly UNetLessons _lessons;
    private readonly UNet2DConditionModel _model;

    /// <summary>Creates the task.</summary>
    /// <param name="model">The U-Net; not owned.</param>
    /// <param name="lessons">What it learns from; not owned.</param>
    public UNetTask(UNet2DConditionModel model, UNetLessons lessons)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _lessons) = (model, lessons);
        Learned = new LearnedWeights([(string.Empty, model.Weights)]);
    }

    /// <inheritdoc/>
    public override string Name => "unet";

    /// <inheritdoc/>
    public override LearnedWeights Learned { get; }

    /// <inheritdoc/>
    public override Tensor Loss(RandomStream random, Generator generator) => _lessons.Error(random, generator, (input, _) => _model.Forward(input));

    /// <inheritdoc/>
    public override double Validate() => _lessons.Validate((input, _) => _model.Forward(input));

    /// <summary>Validation scenes over what the model makes of their captions.</summary>
    public override RgbImage Picture() => _lessons.Picture(_model, null);
}
