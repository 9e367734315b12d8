using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers.UNets;

/// <summary>Takes one denoising step of a batch of edits by a UNet, whose templates' rows come block by block from elsewhere.</summary>
/// <remarks>
/// Blocks are those of the model's shape. One that loads rows (<see cref="UNetLoads"/>) asks for them once, right before it needs them, and only where some lane has unmasked tokens at
/// its level: rows of all members one after another, of a member branch by branch with the negative one first, of a branch unmasked tokens ascending. Members may differ in mask,
/// template, condition, guidance and step. Stateless: any number of threads may step different edits.
/// </remarks>
/// <param name="denoiser">The model.</param>
/// <param name="shape">Its shape at the size of the edits, with the cache's variant.</param>
/// <param name="expand">Turns a block's rows as they are stored into the model's numbers: [R, C], or [R, 2C], key and then value, where the shape says so. The result may be the stored rows.</param>
internal sealed class StreamedUNetStep(MaskedUNet denoiser, ModelShape shape, Func<int, Tensor, Tensor> expand)
{
    private readonly ReuseVariant _variant = shape.Cache.Variant == CacheVariant.KeysValues ? ReuseVariant.KeysAndValues : ReuseVariant.BlockInputs;

    /// <summary>Takes the step: every member advances, or, on an exception, none.</summary>
    /// <param name="batch">At least one unfinished edit, each only once.</param>
    /// <param name="modes">One for each block of the shape: all <see cref="BlockMode.Cached"/>, or all <see cref="BlockMode.Plain"/>.</param>
    /// <param name="rows">The templates' rows; never asked for any in plain steps.</param>
    /// <param name="controls">ControlNets of members; <c>null</c> for none.</param>
    /// <exception cref="ArgumentException">The batch or the modes are impossible.</exception>
    /// <exception cref="InvalidOperationException">An edit is detached.</exception>
    public void Run(IReadOnlyList<LatentEdit> batch, IReadOnlyList<BlockMode> modes, ITemplateRows rows, IReadOnlyList<MemberControl>? controls = null)
    {
        Check(batch, modes);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var lanes = EditLanes.Of(batch, controls);
        EditLanes.Advance(batch, modes[0] == BlockMode.Plain ? Plain(lanes, rows) : Masked(lanes, EditLanes.Masks(batch), rows));
    }

    /// <summary>Computes one guidance branch of a step: nobody advances yet.</summary>
    /// <param name="batch">As for <see cref="Run"/>.</param>
    /// <param name="modes">As for <see cref="Run"/>.</param>
    /// <param name="rows">That branch's rows.</param>
    /// <param name="branch">The branch, from 0.</param>
    /// <param name="controls">ControlNets of members, of that branch.</param>
    /// <returns>[M, C, h, w], float32, where the model computes; the caller's.</returns>
    public Tensor Predict(IReadOnlyList<LatentEdit> batch, IReadOnlyList<BlockMode> modes, ITemplateRows rows, int branch, IReadOnlyList<MemberControl> controls)
    {
        Check(batch, modes);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var lanes = EditLanes.OfBranch(batch, branch, Here, controls);
        return (modes[0] == BlockMode.Plain ? Plain(lanes, rows) : Masked(lanes, [.. batch.Select(static edit => edit.Masks)], rows)).DetachFromDisposeScope();
    }

    /// <summary>Takes the step whose branches have been computed.</summary>
    /// <param name="batch">As for <see cref="Run"/>.</param>
    /// <param name="branches">What <see cref="Predict"/> gave of each, where the edits are.</param>
    public static void Advance(IReadOnlyList<LatentEdit> batch, IReadOnlyList<Tensor> branches)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        EditLanes.Advance(batch, branches);
    }

    private Tensor Here(Tensor tensor) => tensor.to(denoiser.Weights.Device);

    private Tensor Plain(DenoiserBatch lanes, ITemplateRows rows) => denoiser.Forward(lanes, new MarkedPass(block =>
    {
        rows.Released(block);
        rows.Finished(block);
    }));

    private Tensor Masked(DenoiserBatch lanes, IReadOnlyList<MaskPyramid> masks, ITemplateRows rows)
    {
        using var pass = new StreamedPass(masks, _variant, rows, expand);
        return denoiser.Forward(lanes, pass);
    }

    private void Check(IReadOnlyList<LatentEdit> batch, IReadOnlyList<BlockMode> modes)
    {
        EditLanes.Check(batch);
        var grid = batch[0].Request.Mask.Grid;
        if ((grid.Columns, grid.Rows) != (shape.Grid.Columns, shape.Grid.Rows))
        {
            throw new ArgumentException($"The edits have {grid.Columns}x{grid.Rows} tokens; this step takes {shape.Grid.Columns}x{shape.Grid.Rows}.", nameof(batch));
        }

        if (modes.Count != shape.Blocks.Count || modes.Any(mode => mode != modes[0]) || modes[0] == BlockMode.Recomputed)
        {
            throw new ArgumentException(
                $"The model has {shape.Blocks.Count} blocks: give as many modes, all of them Cached or all Plain, because a UNet's template computation cannot be resumed "
                + $"({modes.Count} given: {string.Join(", ", modes.Distinct())}).",
                nameof(modes));
        }
    }
}
