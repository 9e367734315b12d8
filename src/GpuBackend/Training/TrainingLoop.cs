using SimServe.GpuBackend.Images;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Trains one task to its end, checkpoint by checkpoint.</summary>
/// <remarks>
/// Every step draws from streams of its own, named by its number: a training that was killed and goes on from its checkpoint makes the same weights, bit
/// for bit on the same device with as many threads, as one that was not.
/// </remarks>
/// <param name="settings">How long and how fast.</param>
/// <param name="seed">Seed of everything that is drawn.</param>
/// <param name="checkpoint">The checkpoint's file; its folder must exist.</param>
/// <param name="observer">Watches, or <c>null</c>.</param>
public sealed class TrainingLoop(TrainingSettings settings, long seed, string checkpoint, ITrainingObserver? observer = null)
{
    /// <summary>Trains.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cancellation">Stops after a step; what was done since the last checkpoint is written.</param>
    /// <returns>Every checkpoint's point.</returns>
    /// <exception cref="TrainingException">The loss is not finite any more, or a checkpoint cannot be read or written; the last good one is kept.</exception>
    public IReadOnlyList<TrainingPoint> Run(TrainingTask task, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        using var mode = inference_mode(false);
        using var optimizer = new AdamW(task.Learned, settings);
        List<TrainingPoint> points = File.Exists(checkpoint) ? [.. TrainingCheckpoint.Read(checkpoint, task.Learned, optimizer, settings, seed)] : [];
        var done = points.Count == 0 ? 0 : points[^1].Step;
        observer?.Begun(task, done, settings.Steps);
        var (sum, count) = (0.0, 0);
        while (done < settings.Steps)
        {
            sum += Step(task, optimizer, done);
            count++;
            done++;
            if (done % settings.CheckpointEvery == 0 || done == settings.Steps || cancellation.IsCancellationRequested)
            {
                Checkpoint(task, optimizer, points, done, sum / count);
                (sum, count) = (0, 0);
                cancellation.ThrowIfCancellationRequested();
            }
        }

        return points;
    }

    private double Step(TrainingTask task, AdamW optimizer, int step)
    {
        using var scope = NewDisposeScope();
        var random = new RandomStream(seed, $"{task.Name} step {step}");
        using var generator = new Generator((ulong)random.NextInt64(), task.Learned.Values.device);
        task.Learned.Begin();
        var loss = task.Loss(random, generator);
        var value = loss.detach().item<float>();
        var norm = double.NaN;
        if (float.IsFinite(value))
        {
            loss.backward();
            task.Learned.Collect();
            norm = optimizer.Step(step);
        }

        if (!double.IsFinite(norm))
        {
            throw new TrainingException(
                $"The {(float.IsFinite(value) ? "gradients" : "loss")} of {task.Name} became {(float.IsFinite(value) ? norm : value)} at step {step + 1}. {Kept()} Lower its learning rate (now {settings.LearningRate}) or its gradient limit (now {settings.GradientLimit}).");
        }

        return value;
    }

    private void Checkpoint(TrainingTask task, AdamW optimizer, List<TrainingPoint> points, int step, double loss)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        double validation;
        RgbImage? picture;
        using (task.Learned.Averaged())
        {
            (validation, picture) = (task.Validate(), task.Picture());
        }

        points.Add(new TrainingPoint(step, loss, validation));
        TrainingCheckpoint.Write(checkpoint, task.Learned, optimizer, settings, seed, points);
        observer?.Checkpointed(task, points[^1], picture);
    }

    private string Kept() => File.Exists(checkpoint) ? $"The last good checkpoint, '{checkpoint}', is kept." : "No checkpoint was written before.";
}
