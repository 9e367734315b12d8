using SimServe.GpuBackend.Schedulers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>Runs a template's own inference once and keeps what edits reuse.</summary>
/// <remarks>
/// The latents of a step are the picture noised to its level, wherever the model would have led: the plain model runs once on each. A step's correction is what leads from the
/// model's own next latents to those: direct inversion (Ju et al., 2023), for any scheduler.
/// </remarks>
/// <param name="denoiser">The model.</param>
/// <param name="options">What is kept.</param>
internal sealed class LatentRecorder(IMaskedDenoiser denoiser, RecordingOptions options)
{
    /// <summary>Records a template.</summary>
    /// <param name="template">The template.</param>
    /// <param name="scheduler">A scheduler with its steps chosen; used up.</param>
    /// <param name="progress">Told after each step how many are done, or <c>null</c>.</param>
    /// <param name="cancel">Stops between two steps; nothing is kept then.</param>
    public LatentRecording Record(LatentTemplate template, INoiseScheduler scheduler, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        List<RecordedLayers[]> layers = [];
        try
        {
            return new LatentRecording(denoiser, Run(template, scheduler, (_, step) => layers.Add(step), progress, cancel), layers, options);
        }
        catch
        {
            layers.ForEach(RecordedLayers.Free);
            throw;
        }
    }

    /// <summary>Records a template whose layers somebody else takes step by step: at no time are there more than one step's.</summary>
    /// <param name="template">The template.</param>
    /// <param name="scheduler">A scheduler with its steps chosen; used up.</param>
    /// <param name="take">Given each step and its layers, one for each branch; they are freed once it returns.</param>
    /// <param name="progress">Told after each step how many are done, or <c>null</c>.</param>
    /// <param name="cancel">Stops between two steps; nothing is kept then.</param>
    /// <returns>The path, the caller's.</returns>
    public LatentPath RecordSteps(
        LatentTemplate template, INoiseScheduler scheduler, Action<int, RecordedLayers[]> take, IProgress<int>? progress = null, CancellationToken cancel = default) =>
        Run(template, scheduler, (step, layers) => TakeAndFree(take, step, layers), progress, cancel);

    private static void TakeAndFree(Action<int, RecordedLayers[]> take, int step, RecordedLayers[] layers)
    {
        try
        {
            take(step, layers);
        }
        finally
        {
            RecordedLayers.Free(layers);
        }
    }

    // Layers belong to whoever takes them from then on.
    private LatentPath Run(LatentTemplate template, INoiseScheduler scheduler, Action<int, RecordedLayers[]> take, IProgress<int>? progress, CancellationToken cancel)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var (first, steps) = (template.FirstStep, scheduler.Timesteps.Count);
        scheduler.Begin(first);
        var path = new LatentPath(template, [.. scheduler.Timesteps]);
        try
        {
            path.Add(template.IsClean ? template.Image!.clone() : LatentSteps.Begin(scheduler, template.Image, template.Noise, first));
            for (var step = first; step < steps; step++)
            {
                cancel.ThrowIfCancellationRequested();
                Step(path, scheduler, step, take);
                progress?.Report(step - first + 1);
            }

            return path;
        }
        catch
        {
            path.Dispose();
            throw;
        }
    }

    private void Step(LatentPath path, INoiseScheduler scheduler, int step, Action<int, RecordedLayers[]> take)
    {
        using var scope = NewDisposeScope();
        var (template, here) = (path.Template, path.Latents(step));
        var (prediction, layers) = Predict(template, scheduler, here, step);
        take(step, layers);
        var led = scheduler.Step(LatentSteps.Guided(prediction, template.Guidance), step, here, template.StepNoise);
        path.Add(Next(template, scheduler, led, step + 1), led);
    }

    private (Tensor Prediction, RecordedLayers[] Layers) Predict(LatentTemplate template, INoiseScheduler scheduler, Tensor here, int step)
    {
        var lanes = template.Branches.Count;
        var batch = LatentSteps.Lanes(scheduler, here, step, template.Context, template.Branches) with
        {
            Controls = template.Control is { } control ? [LaneControl.AtOnce(0, lanes, plain => control(plain, step))] : [],
        };
        RecordedLayers[] layers = [.. template.Branches.Select(static _ => new RecordedLayers())];
        try
        {
            return (denoiser.Record(batch, layers, options), layers);
        }
        catch
        {
            RecordedLayers.Free(layers);
            throw;
        }
    }

    private static Tensor Next(LatentTemplate template, INoiseScheduler scheduler, Tensor led, int step) => template switch
    {
        { Image: null } => led.clone(),
        { IsClean: true } => template.Image.clone(),
        _ => scheduler.AddNoise(template.Image, template.Noise, step),
    };
}
