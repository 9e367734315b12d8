using SimServe.GpuBackend.Schedulers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>Runs a template's own inference once and keeps what edits reuse.</summary>
/// <param name="denoiser">The model.</param>
/// <param name="options">What is kept.</param>
internal sealed class LatentRecorder(IMaskedDenoiser denoiser, RecordingOptions options)
{
    /// <summary>Records a template.</summary>
    /// <param name="template">The template.</param>
    /// <param name="scheduler">A scheduler with its steps chosen; used up.</param>
    /// <param name="progress">Told after each step how many are done, or <c>null</c>.</param>
    /// <param name="cancel">Stops between two steps; nothing is kept then.</param>
    /// <remarks>
    /// The latents of a step are the picture noised to its level, wherever the model would have led: the plain model runs once on each. A step's correction is what leads from the
    /// model's own next latents to those: direct inversion (Ju et al., 2023), for any scheduler.
    /// </remarks>
    public LatentRecording Record(LatentTemplate template, INoiseScheduler scheduler, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var (first, steps) = (template.FirstStep, scheduler.Timesteps.Count);
        scheduler.Begin(first);
        var recording = new LatentRecording(denoiser, template, [.. scheduler.Timesteps], options);
        try
        {
            recording.Add(template.IsClean ? template.Image!.clone() : LatentPaths.Begin(scheduler, template.Image, template.Noise, first));
            for (var step = first; step < steps; step++)
            {
                cancel.ThrowIfCancellationRequested();
                Step(recording, scheduler, step);
                progress?.Report(step - first + 1);
            }

            return recording;
        }
        catch
        {
            recording.Dispose();
            throw;
        }
    }

    private void Step(LatentRecording recording, INoiseScheduler scheduler, int step)
    {
        using var scope = NewDisposeScope();
        var template = recording.Template;
        var here = recording.Latents(step);
        var layers = template.Branches.Select(static _ => new RecordedLayers()).ToArray();
        recording.Add(layers);
        var lanes = template.Branches.Count;
        var input = LatentPaths.Input(scheduler, here, step, template.Context);
        var prediction = denoiser.Record(
            new DenoiserBatch
            {
                Sample = input.expand(lanes, -1, -1, -1),
                Timesteps = [.. Enumerable.Repeat(scheduler.Timesteps[step], lanes)],
                Conditions = template.Branches,
                Controls = template.Control is { } control ? [new LaneControl(0, lanes, plain => control(plain, step))] : [],
            },
            layers,
            options);
        var led = scheduler.Step(LatentPaths.Guided(prediction, template.Guidance), step, here, template.StepNoise);
        recording.Add(Next(template, scheduler, led, step + 1), led);
    }

    private static Tensor Next(LatentTemplate template, INoiseScheduler scheduler, Tensor led, int step) => template switch
    {
        { Image: null } => led.clone(),
        { IsClean: true } => template.Image.clone(),
        _ => scheduler.AddNoise(template.Image, template.Noise, step),
    };
}
