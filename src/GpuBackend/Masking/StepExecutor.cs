using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>Takes one denoising step of a batch of edits, masked or plain.</summary>
/// <remarks>
/// Members may differ in mask, template, prompt and step. Linear layers run over the rows of all members at once, attention member by member; so
/// the batch's composition changes an image only in the last bits. Source: FlashPS (EuroSys '26), section 3, variant Y: queries, projections and
/// feed-forward for text and masked rows; unmasked rows of the template give keys and values only, under the template's own modulation.
/// Where keys and values are what is cached (Figure 7), they are attended to as they are. Recomputing a block's rows instead of loading them never changes an image beyond rounding; <see cref="BlockMode.Plain"/> does.
/// Stateless: any number of threads may step different edits through one executor. The number of Torch threads is the caller's business.
/// </remarks>
/// <param name="model">The model.</param>
public sealed class StepExecutor(FluxModel model)
{
    /// <summary>Takes the step: every member's latents and step number advance, or, on an exception, none.</summary>
    /// <param name="batch">At least one unfinished edit, each only once.</param>
    /// <param name="modes">One for each block; all <see cref="BlockMode.Plain"/> or none, because a plain block needs rows that the others leave out.</param>
    /// <param name="rows">The templates' rows; never asked for any in plain steps.</param>
    /// <exception cref="ArgumentException">The batch or the modes are impossible.</exception>
    public void Run(IReadOnlyList<FluxEdit> batch, IReadOnlyList<BlockMode> modes, ITemplateRows rows)
    {
        Check(batch, modes);
        ArgumentNullException.ThrowIfNull(rows);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var velocity = modes[0] == BlockMode.Plain
            ? new PlainPass(model, batch).Run(rows)
            : new MaskedPass(model, batch, modes, rows).Run();
        var next = 0;
        foreach (var edit in batch)
        {
            edit.Advance(velocity.narrow(0, next, edit.MaskedTokens));
            next += edit.MaskedTokens;
        }
    }

    // Rows of all members are packed together; and a computation that would go on from cached rows must find the template's own.
    private static void CheckFormats(IReadOnlyList<FluxEdit> batch, IReadOnlyList<BlockMode> modes)
    {
        var format = batch[0].Recording.Layout[0].Format;
        if (batch.FirstOrDefault(edit => edit.Recording.Cache != format.Cache) is { } other)
        {
            throw new ArgumentException($"Templates recorded as {format.Cache} and as {other.Recording.Cache} cannot share a batch; record them alike.", nameof(batch));
        }

        if (!format.Resumes && Enumerable.Range(0, modes.Count).Any(block => RowLoads.NeedsResume(modes, block)))
        {
            throw new ArgumentException($"With a cache of {format.Cache} blocks are recomputed from the first on or not at all; found {string.Join(' ', modes)}.", nameof(modes));
        }
    }

    private void Check(IReadOnlyList<FluxEdit> batch, IReadOnlyList<BlockMode> modes)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(modes);
        if (batch.Count == 0 || batch.Distinct().Count() != batch.Count)
        {
            throw new ArgumentException("A batch needs at least one edit, and each only once.", nameof(batch));
        }

        foreach (var edit in batch)
        {
            if (edit.IsFinished || !model.SameWeights(edit.Recording.Model) || !model.HasHere(edit.Latents))
            {
                throw new ArgumentException(
                    $"Request {edit.Request.Id} {(edit.IsFinished ? "has taken all its steps" : "belongs to another model or device")}; leave it out of the batch.", nameof(batch));
            }
        }

        CheckFormats(batch, modes);
        var plain = modes.Count(static mode => mode == BlockMode.Plain);
        if (modes.Count != model.Config.Transformer.Blocks || (plain != 0 && plain != modes.Count))
        {
            throw new ArgumentException(
                $"The model has {model.Config.Transformer.Blocks} blocks: give as many modes, all of them Plain or none ({modes.Count} given, {plain} Plain).", nameof(modes));
        }
    }
}
