using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>Takes one denoising step of a batch of edits, masked or plain.</summary>
/// <remarks>
/// Members may differ in mask, template, condition, guidance and step, but not in the size of their latents. Linear layers run over the rows of all members at once; so the
/// batch's composition changes an image only in the last bits. Any number of threads may step different edits. Source: FlashPS (EuroSys '26), section 3.
/// </remarks>
/// <param name="denoiser">The model.</param>
internal sealed class LatentStepExecutor(IMaskedDenoiser denoiser)
{
    /// <summary>Takes the step: every member advances, or, where the model fails, none.</summary>
    /// <param name="batch">At least one unfinished edit, each only once.</param>
    /// <param name="modes">How much is computed; <c>null</c>: the plain model, on everything.</param>
    public void Run(IReadOnlyList<LatentEdit> batch, ReuseModes? modes)
    {
        Check(batch);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var lanes = Lanes(batch);
        var prediction = modes is null ? denoiser.Plain(lanes) : denoiser.Masked(
            lanes, [.. batch.SelectMany(static edit => Enumerable.Range(0, edit.Lanes).Select(edit.Reuse))], batch[0].Recording.Options, modes);
        var next = 0;
        foreach (var edit in batch)
        {
            edit.Advance(prediction.narrow(0, next, edit.Lanes));
            next += edit.Lanes;
        }
    }

    private static DenoiserBatch Lanes(IReadOnlyList<LatentEdit> batch)
    {
        List<LaneControl> controls = [];
        var next = 0;
        foreach (var edit in batch)
        {
            if (edit.Request.Control is { } control)
            {
                var step = edit.Step;
                controls.Add(new LaneControl(next, edit.Lanes, input => control(input, step)));
            }

            next += edit.Lanes;
        }

        return new DenoiserBatch
        {
            Sample = cat([.. batch.Select(static edit => edit.Input().expand(edit.Lanes, -1, -1, -1))]),
            Timesteps = [.. batch.SelectMany(static edit => Enumerable.Repeat(edit.Timestep, edit.Lanes))],
            Conditions = [.. batch.SelectMany(static edit => edit.Request.Branches)],
            Controls = controls,
        };
    }

    private void Check(IReadOnlyList<LatentEdit> batch)
    {
        if (batch.Count == 0 || batch.Distinct().Count() != batch.Count || batch.Any(static edit => edit.IsFinished))
        {
            throw new ArgumentException("A batch needs at least one edit, each only once, and none that has taken all its steps.", nameof(batch));
        }

        if (batch.Any(edit => edit.Recording.Denoiser.Weights != denoiser.Weights || edit.Recording.Options != batch[0].Recording.Options
            || !edit.Latents.shape.AsSpan().SequenceEqual(batch[0].Latents.shape)))
        {
            throw new ArgumentException("The edits of a batch need templates recorded by this model in one way and of one size.", nameof(batch));
        }
    }
}
