using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.Schedulers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Records a template and takes all steps of its edits, together.</summary>
/// <param name="denoiser">The model.</param>
/// <param name="start">Starts a scheduler; the template and every edit have one of their own.</param>
/// <param name="options">How the template is reused.</param>
internal sealed class CachedDenoising(IMaskedDenoiser denoiser, Func<INoiseScheduler> start, ReuseOptions options)
{
    /// <summary>Does all of it.</summary>
    /// <param name="template">The picture.</param>
    /// <param name="requests">Its edits, at least one.</param>
    /// <param name="observer">Told of every step, the template's first, or <c>null</c>.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <returns>Latents of all edits, [B, C, h, w], in the current scope.</returns>
    public (Tensor Latents, ReuseTimes Times) Run(
        LatentTemplate template, IReadOnlyList<LatentEditRequest> requests, IPipelineObserver? observer, CancellationToken cancellation)
    {
        using var scheduler = start();
        double[] timesteps = [.. scheduler.Timesteps.Skip(template.FirstStep)];
        var steps = timesteps.Length;
        observer?.Begun(timesteps);
        var clock = new WallClock();
        var started = clock.Now;
        var kept = new RecordingOptions(Maps: options.TileSide is not null);
        using var recording = new LatentRecorder(denoiser, kept).Record(template, scheduler, new Told(done => observer?.Stepped(done, 2 * steps, template.Noise)), cancellation);
        var recorded = clock.Now;
        List<LatentEdit> edits = [];
        try
        {
            edits.AddRange(requests.Select(request => new LatentEdit(recording, request, start())));
            Finish(edits, (done, latents) => observer?.Stepped(steps + done, 2 * steps, latents), cancellation);
            var latents = cat([.. edits.Select(static edit => edit.Latents)]);
            return (latents, new ReuseTimes(recorded - started, clock.Now - recorded, requests[0].Mask.Ratio, recording.Bytes));
        }
        finally
        {
            edits.ForEach(static edit => edit.Dispose());
        }
    }

    private void Finish(List<LatentEdit> edits, Action<int, Tensor> stepped, CancellationToken cancellation)
    {
        var (executor, modes) = (new LatentStepExecutor(denoiser), new ReuseModes { TileSide = options.TileSide });
        for (var done = 1; !edits[0].IsFinished; done++)
        {
            cancellation.ThrowIfCancellationRequested();
            executor.Run(edits, modes);
            stepped(done, edits[0].Latents);
        }
    }

    private sealed class Told(Action<int> told) : IProgress<int>
    {
        public void Report(int value) => told(value);
    }
}
