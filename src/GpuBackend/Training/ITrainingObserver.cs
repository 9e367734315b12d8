using SimServe.GpuBackend.Images;

namespace SimServe.GpuBackend.Training;

/// <summary>Watches a training.</summary>
public interface ITrainingObserver
{
    /// <summary>It begins, or goes on.</summary>
    /// <param name="task">The task.</param>
    /// <param name="step">Steps done so far; more than 0 where a checkpoint was found.</param>
    /// <param name="steps">Steps in all.</param>
    void Begun(TrainingTask task, int step, int steps);

    /// <summary>A checkpoint was written.</summary>
    /// <param name="task">The task.</param>
    /// <param name="point">Where it stands.</param>
    /// <param name="picture">What it can do by now, or <c>null</c>.</param>
    void Checkpointed(TrainingTask task, TrainingPoint point, RgbImage? picture);
}
