using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>One edit with a Stable Diffusion model under way.</summary>
internal sealed class StableDiffusionEdit : EditState
{
    private readonly StableDiffusionModel _model;
    private readonly RgbImage _picture;
    private readonly LatentEditRequest _request;
    private readonly (RowRuns All, RowRuns[] Branches)?[] _runs;

    /// <summary>Prepares an edit: encodes its prompt, and draws its noise or takes over the latents of an earlier attempt.</summary>
    /// <param name="model">The model that recorded the template, or one with the same weights.</param>
    /// <param name="recording">The template's recording.</param>
    /// <param name="request">The request.</param>
    /// <param name="at">The step it is about to take, and its latents then, [C, h, w] as <see cref="EditState.CopyLatents"/> gives them; not used when it begins at step 0.</param>
    /// <param name="adapters">Adapters whose text encoders encode the prompt, or <c>null</c>.</param>
    public StableDiffusionEdit(StableDiffusionModel model, TemplateRecording recording, Request request, (int Step, ReadOnlyMemory<float> Latents) at, PreparedAdapters? adapters)
        : base(model, recording, request, at.Step)
    {
        (_model, _picture) = (model, recording.Template.Image);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var from = at.Step == 0 ? null : new LatentCheckpoint(at.Step, model.Restored(at.Latents));
        _request = model.Requests.Of(request, at.Step, adapters);
        Edit = new LatentEdit(Path, tokenSide: 1, _request, model.StartScheduler(request.Steps), from);
        _runs = [.. Enumerable.Range(0, model.Rows.Blocks).Select(RunsOf)];
    }

    /// <summary>The edit as the model sees it.</summary>
    public LatentEdit Edit { get; }

    /// <inheritdoc/>
    public override int Step => Edit.Step;

    /// <inheritdoc/>
    public override Tensor Latents => Edit.Latents;

    private LatentPath Path => ((PathTensors)Tensors).Path;

    /// <inheritdoc/>
    public override RgbImage ToImage()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return _model.Composite(_picture, Request.Mask, Latents);
    }

    /// <inheritdoc/>
    internal override RowRuns RunsOf(RowLoad load, int? branch = null) => _runs[load.Block] is var (all, branches)
        ? branch is { } one ? branches[one] : all
        : throw new ArgumentException($"Block {load.Block} loads no rows.", nameof(load));

    /// <inheritdoc/>
    internal override void Detach()
    {
        base.Detach();
        Edit.Detach();
    }

    /// <inheritdoc/>
    internal override void Attach(TemplateRecording recording)
    {
        base.Attach(recording);
        Edit.Attach(Path);
    }

    /// <inheritdoc/>
    private protected override void Free()
    {
        Edit.Dispose();
        StableDiffusionRequests.Free(_request);
    }

    // Branch after branch, of each the unmasked tokens of the block's level.
    private (RowRuns All, RowRuns[] Branches)? RunsOf(int block)
    {
        if (_model.Loads.Level(block) is not var (rows, columns))
        {
            return null;
        }

        var level = Edit.Masks.At(rows, columns);
        int[][] tokens = [.. Enumerable.Range(0, _model.Config.Branches).Select(branch => Array.ConvertAll(level.Unmasked, token => (branch * rows * columns) + token))];
        return (new RowRuns([.. tokens.SelectMany(static branch => branch)]), [.. tokens.Select(static branch => new RowRuns(branch))]);
    }
}
