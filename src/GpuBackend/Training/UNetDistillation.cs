using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Models.UNets;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Teaches a slim U-Net what a wider one knows: the scenes, the teacher's predictions, and its features where the two are as wide.</summary>
/// <remarks>
/// Loss: mean squared error against the data, plus that against the teacher's prediction, plus the mean over all features that go to the way up of their squared error over the teacher's mean square: without the division a few large
/// features would be all that is learned. Sources: Kim et al., "BK-SDM", 2023 (task, output and feature losses, weights of 1); Zhang et al., "LAPTOP-Diff", 2024 (normalised features).
/// </remarks>
public sealed class UNetDistillation : TrainingTask
{
    /// <summary>Its name in messages and files.</summary>
    internal const string TaskName = "slim-unet";

    private const double Least = 1e-6;

    private readonly UNet2DConditionModel _student;
    private readonly UNet2DConditionModel? _teacher;
    private readonly UNetLessons _lessons;

    /// <summary>Creates the task.</summary>
    /// <param name="student">What learns; not owned.</param>
    /// <param name="teacher">What it learns from, with the same levels; <c>null</c>: it learns from the scenes alone (fine-tuning). Not owned.</param>
    /// <param name="lessons">The scenes; not owned.</param>
    public UNetDistillation(UNet2DConditionModel student, UNet2DConditionModel? teacher, UNetLessons lessons)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(lessons);
        (_student, _teacher, _lessons) = (student, teacher, lessons);
        Learned = new LearnedWeights([(string.Empty, student.Weights)]);
    }

    /// <inheritdoc/>
    public override string Name => TaskName;

    /// <inheritdoc/>
    public override LearnedWeights Learned { get; }

    /// <inheritdoc/>
    public override Tensor Loss(RandomStream random, Generator generator)
    {
        Tensor? taught = null;
        var error = _lessons.Error(random, generator, lesson =>
        {
            if (_teacher is null)
            {
                return _student.Forward(lesson.Input);
            }

            var (features, wanted) = Taught(_teacher, lesson.Input);
            var encoded = _student.Encode(lesson.Input);
            taught = Features(encoded, features);
            var prediction = _student.Decode(encoded);
            taught = taught.add(prediction.to(ScalarType.Float32).sub(wanted).square().mean());
            return prediction;
        });
        return taught is null ? error : error.add(taught);
    }

    /// <inheritdoc/>
    public override double Validate() => _lessons.Validate(lesson => _student.Forward(lesson.Input));

    /// <summary>Validation scenes over what the student makes of their captions.</summary>
    public override RgbImage Picture() => _lessons.Picture(_student, null);

    /// <summary>The teacher's own loss on the validation scenes, for comparison.</summary>
    /// <exception cref="InvalidOperationException">There is no teacher.</exception>
    public double ValidateTeacher()
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var teacher = _teacher ?? throw new InvalidOperationException("Nobody teaches.");
        return _lessons.Validate(lesson => teacher.Forward(lesson.Input));
    }

    // Copies: the way up may compute in place.
    private static (Tensor[] Features, Tensor Prediction) Taught(UNet2DConditionModel teacher, UNetInput input)
    {
        using var mode = no_grad();
        var encoded = teacher.Encode(input);
        Tensor[] features = [.. encoded.Skips.Append(encoded.Mid).Select(static feature => feature.to(ScalarType.Float32, copy: true))];
        return (features, teacher.Decode(encoded).to(ScalarType.Float32));
    }

    private static Tensor Features(EncoderOutput encoded, Tensor[] wanted)
    {
        var errors = encoded.Skips.Append(encoded.Mid).Zip(wanted, static (feature, want) =>
            feature.to(ScalarType.Float32).sub(want).square().mean().div(want.square().mean().add(Least)));
        return stack([.. errors]).mean();
    }
}
