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
    /// <param name="batch">At least one unfinished edit of a recording, each only once.</param>
    /// <param name="modes">How much is computed; <c>null</c>: the plain model, on everything.</param>
    public void Run(IReadOnlyList<LatentEdit> batch, ReuseModes? modes)
    {
        Check(batch);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var lanes = EditLanes.Of(batch);
        var prediction = modes is null ? denoiser.Plain(lanes) : denoiser.Masked(
            lanes, [.. batch.SelectMany(static edit => Enumerable.Range(0, edit.Lanes).Select(edit.Reuse))], batch[0].Recording.Options, modes);
        EditLanes.Advance(batch, prediction);
    }

    private void Check(IReadOnlyList<LatentEdit> batch)
    {
        EditLanes.Check(batch);
        if (batch.Any(edit => edit.Recording.Denoiser.Weights != denoiser.Weights || edit.Recording.Options != batch[0].Recording.Options))
        {
            throw new ArgumentException("The edits of a batch need templates recorded by this model in one way.", nameof(batch));
        }
    }
}
