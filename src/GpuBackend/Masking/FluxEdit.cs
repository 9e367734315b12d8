using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Images;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>One edit with a Flux model under way: the latents of its edited tokens and the step it is about to take.</summary>
public sealed class FluxEdit : EditState
{
    private readonly FluxModel _model;
    private readonly int[] _masked;
    private readonly RgbImage _picture;
    private readonly Tensor _pictureLatents;
    private readonly RowRuns _unmaskedRows;
    private readonly RowRuns _resumeRows;
    private int _step;

    /// <summary>Prepares an edit: encodes its prompt, and draws its noise or takes over the latents of an earlier attempt.</summary>
    /// <param name="model">The model that recorded the template, or one with the same weights.</param>
    /// <param name="recording">The template's recording; used until the edit is disposed or <see cref="EditState.Detach"/>ed.</param>
    /// <param name="request">The request; its mask, prompt, seed and steps are used.</param>
    /// <param name="fromStep">The step it is about to take, from 0 to the steps - 1.</param>
    /// <param name="latents">Its latents then, [m, C] row by row as <see cref="EditState.CopyLatents"/> gives them; not used when it begins at step 0.</param>
    /// <param name="adapters">Adapters whose text encoders encode the prompt, or <c>null</c>.</param>
    /// <exception cref="ArgumentException">The recording is another model's, or the request does not fit it; then the message lists every fault.
    /// Or the latents are not as many as the masked tokens have.</exception>
    internal FluxEdit(FluxModel model, TemplateRecording recording, Request request, int fromStep = 0, ReadOnlyMemory<float> latents = default, PreparedAdapters? adapters = null)
        : base(model, recording, request, fromStep)
    {
        (_model, _picture, _step) = (model, recording.Template.Image, fromStep);
        _masked = request.Mask.EditedTokens();
        var (computed, unmasked, text) = (request.Mask.Tokens(masked: true), request.Mask.Tokens(masked: false), model.Rows[0].TextRows);
        _unmaskedRows = new RowRuns([.. unmasked.Select(token => text + token)]);
        _resumeRows = new RowRuns([.. Enumerable.Range(0, text), .. computed.Select(token => text + token)]);
        (ComputedTokens, UnmaskedTokens) = (computed.Length, unmasked.Length);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var prompt = model.EncodePrompt(request.Prompt, adapters);
        _pictureLatents = Template.Constants.Image.alias().DetachFromDisposeScope();
        Tokens = new EditTokens(model, Template.Constants, _masked, computed, unmasked);
        Text = model.EmbedText(prompt).DetachFromDisposeScope();
        PooledVector = model.PooledVector(prompt).DetachFromDisposeScope();
        Latents = (fromStep == 0 ? InitialNoise.Draw(model, request.Seed, _masked) : Restore(model, latents))
            .DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override int Step => _step;

    /// <summary>Noise level of the unmasked tokens in the step it is about to take.</summary>
    internal double ContextLevel => _model.Config.ContextLevel(Template.Sigmas[Step]);

    /// <summary>Masked tokens whose latents change, m.</summary>
    public int MaskedTokens => _masked.Length;

    /// <summary>Those and the ones that dilation adds to be computed, c.</summary>
    public int ComputedTokens { get; }

    /// <summary>Unmasked tokens, u.</summary>
    public int UnmaskedTokens { get; }

    /// <summary>Rows from which the template's own computation resumes: T + c.</summary>
    public int ResumeRows => _resumeRows.Rows;

    /// <summary>Latents of the masked tokens, [m, C], float32, on the model's device; owned by the edit and changed by every step.</summary>
    public override Tensor Latents { get; }

    /// <summary>The template's tensors on the model's device; the recording's.</summary>
    internal TemplateTensors Template => (TemplateTensors)Tensors;

    /// <summary>Index tensors and what else depends on the mask only.</summary>
    internal EditTokens Tokens { get; }

    /// <summary>Embedded prompt, [T, H].</summary>
    internal Tensor Text { get; }

    /// <summary>The prompt's part of the condition, [1, H].</summary>
    internal Tensor PooledVector { get; }

    /// <inheritdoc/>
    public override RgbImage ToImage()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        using var mode = inference_mode();
        return _model.Latents.Composite((_picture, _pictureLatents), Request.Mask, Latents);
    }

    /// <inheritdoc/>
    internal override RowRuns RunsOf(RowLoad load, int? branch = null) => load.Resume ? _resumeRows : _unmaskedRows;

    /// <summary>Takes one Euler step.</summary>
    /// <param name="velocity">The model's velocity at the masked rows, [m, C]; the template's residual is added to it where the model keeps to templates.</param>
    internal void Advance(Tensor velocity)
    {
        var sigmas = Template.Sigmas;
        var corrected = _model.Config.KeepsToTemplate ? velocity.add(Template.Residuals[Step].index_select(0, Tokens.Masked)) : velocity;
        Latents.add_(corrected, sigmas[Step + 1] - sigmas[Step]);
        _step++;
    }

    private Tensor Restore(FluxModel model, ReadOnlyMemory<float> latents)
    {
        var channels = model.Config.Transformer.InChannels;
        if (latents.Length != _masked.Length * channels)
        {
            throw new ArgumentException(
                $"Found {latents.Length} latents; allowed: {_masked.Length * channels}, {channels} for each of {_masked.Length} masked tokens. Take the checkpoint of this request.",
                nameof(latents));
        }

        return model.Here(latents.ToArray(), _masked.Length, channels);
    }

    /// <inheritdoc/>
    private protected override void Free()
    {
        _pictureLatents.Dispose();
        Tokens.Dispose();
        Text.Dispose();
        PooledVector.Dispose();
        Latents.Dispose();
    }
}
