using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>One edit under way: its masked latents and the step it is about to take.</summary>
/// <remarks>
/// Starts from noise of its own seed in the masked tokens; the unmasked ones are the template's at every noise level. Used by one thread at
/// a time, except for <see cref="CopyUnmasked"/> and <see cref="CopyResume"/>, which a copy thread may call beside a running step.
/// </remarks>
public sealed class EditState : IDisposable
{
    private readonly FluxModel _model;
    private readonly int[] _masked;
    private readonly int _textRows;
    private readonly RgbImage _picture;
    private readonly Tensor _pictureLatents;
    private RecordingUse? _use;
    private TemplateTensors? _template;
    private bool _disposed;

    /// <summary>Prepares an edit: encodes its prompt, and draws its noise or takes over the latents of an earlier attempt.</summary>
    /// <param name="model">The model that recorded the template, or one with the same weights.</param>
    /// <param name="recording">The template's recording; used until the edit is disposed or <see cref="Detach"/>ed.</param>
    /// <param name="request">The request; its mask, prompt, seed and steps are used.</param>
    /// <param name="fromStep">The step it is about to take, from 0 to the steps - 1.</param>
    /// <param name="latents">Its latents then, [m, C] row by row as <see cref="CopyLatents"/> gives them; not used when it begins at step 0.</param>
    /// <exception cref="ArgumentException">The recording is another model's, or the request does not fit it; then the message lists every fault.
    /// Or the latents are not as many as the masked tokens have.</exception>
    public EditState(FluxModel model, TemplateRecording recording, Request request, int fromStep = 0, ReadOnlyMemory<float> latents = default)
    {
        Check(model, recording, request);
        ArgumentOutOfRangeException.ThrowIfNegative(fromStep);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(fromStep, recording.Steps);
        (_model, Request, _picture, _textRows) = (model, request, recording.Template.Image, recording.TextRows);
        _masked = request.Mask.EditedTokens();
        var (computed, unmasked) = (request.Mask.Tokens(masked: true), request.Mask.Tokens(masked: false));
        (ComputedRuns, UnmaskedRuns) = (new TokenRuns(computed), new TokenRuns(unmasked));
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var prompt = model.Prompts.Encode(request.Prompt);
        _use = recording.Use();
        _template = recording.On(model.Device);
        _pictureLatents = Template.Constants.Image.alias().DetachFromDisposeScope();
        Tokens = new EditTokens(model, Template.Constants, _masked, computed, unmasked);
        Text = model.EmbedText(prompt).DetachFromDisposeScope();
        PooledVector = model.PooledVector(prompt).DetachFromDisposeScope();
        Latents = (fromStep == 0 ? InitialNoise.Draw(model, request.Seed, _masked) : Restore(model, latents))
            .DetachFromDisposeScope();
        Step = fromStep;
    }

    /// <summary>The request.</summary>
    public Request Request { get; }

    /// <summary>The template's recording.</summary>
    /// <exception cref="InvalidOperationException">The edit is detached.</exception>
    public TemplateRecording Recording => _use?.Recording ?? throw new InvalidOperationException($"{Request.Id} is detached from its template's recording.");

    /// <summary>The step it is about to take, from 0; equals <see cref="Steps"/> when it is finished.</summary>
    public int Step { get; private set; }

    /// <summary>Noise level of the unmasked tokens in the step it is about to take.</summary>
    internal double ContextLevel => _model.Config.ContextLevel(Recording.Sigmas[Step]);

    /// <summary>Whether its template's rows are in the device's own memory: gathering them moves nothing over the link.</summary>
    internal bool IsResident { get; set; }

    /// <summary>All of its steps.</summary>
    public int Steps => Request.Steps;

    /// <summary>Whether every step is done.</summary>
    public bool IsFinished => Step == Steps;

    /// <summary>Masked tokens whose latents change, m.</summary>
    public int MaskedTokens => _masked.Length;

    /// <summary>Those and the ones that dilation adds to be computed, c.</summary>
    public int ComputedTokens => ComputedRuns.Tokens;

    /// <summary>Unmasked tokens, u.</summary>
    public int UnmaskedTokens => UnmaskedRuns.Tokens;

    /// <summary>Rows that <see cref="CopyResume"/> writes: T + c.</summary>
    public int ResumeRows => _textRows + ComputedTokens;

    /// <summary>Latents of the masked tokens, [m, C], float32, on the model's device; owned by the edit and changed by every step.</summary>
    public Tensor Latents { get; }

    /// <summary>The template's tensors on the model's device; the recording's.</summary>
    internal TemplateTensors Template => _template ?? throw new InvalidOperationException($"{Request.Id} is detached from its template's recording.");

    /// <summary>Computed tokens as runs.</summary>
    internal TokenRuns ComputedRuns { get; }

    /// <summary>Unmasked tokens as runs.</summary>
    internal TokenRuns UnmaskedRuns { get; }

    /// <summary>Index tensors and what else depends on the mask only.</summary>
    internal EditTokens Tokens { get; }

    /// <summary>Embedded prompt, [T, H].</summary>
    internal Tensor Text { get; }

    /// <summary>The prompt's part of the condition, [1, H].</summary>
    internal Tensor PooledVector { get; }

    /// <summary>Copies the template's unmasked rows of a block.</summary>
    /// <param name="step">From 0 to <see cref="Steps"/> - 1; the edit's own step, passed in because a copy thread may run ahead of it.</param>
    /// <param name="block">The block.</param>
    /// <param name="destination">At least u rows; in token order.</param>
    /// <returns>Bytes written, u rows.</returns>
    public int CopyUnmasked(int step, int block, Span<byte> destination) =>
        CopyTokens(Recording.Rows(step, block), UnmaskedRuns, destination);

    /// <summary>Copies the template's other rows of a block's input: text, then computed tokens in order.</summary>
    /// <param name="step">From 0 to <see cref="Steps"/> - 1.</param>
    /// <param name="block">The block.</param>
    /// <param name="destination">At least T + c rows.</param>
    /// <returns>Bytes written, T + c rows.</returns>
    public int CopyResume(int step, int block, Span<byte> destination)
    {
        var rows = Recording.Rows(step, block);
        var text = rows[..(Recording.TextRows * Recording.RowBytes)];
        text.CopyTo(destination);
        return text.Length + CopyTokens(rows, ComputedRuns, destination[text.Length..]);
    }

    /// <summary>A copy of <see cref="Latents"/> in host memory, bit for bit, from which another edit of the same request can go on.</summary>
    public float[] CopyLatents()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var mode = inference_mode();
        using var host = Latents.cpu();
        return host.data<float>().ToArray();
    }

    /// <summary>The edited image: masked tokens decoded, every pixel outside the pixel mask equal to the template's.</summary>
    /// <remarks>Meaningful once finished; before that it shows the noise that is left.</remarks>
    public RgbImage ToImage()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var mode = inference_mode();
        return _model.Latents.Composite((_picture, _pictureLatents), Request.Mask, Latents);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Detach();
        _pictureLatents.Dispose();
        Tokens.Dispose();
        Text.Dispose();
        PooledVector.Dispose();
        Latents.Dispose();
    }

    /// <summary>Lets the recording go while the edit waits: it can be turned into an image, but takes no step until <see cref="Attach"/>.</summary>
    internal void Detach()
    {
        _use?.Dispose();
        (_use, _template) = (null, null);
    }

    /// <summary>Uses the template's recording again, the same or one made anew.</summary>
    internal void Attach(TemplateRecording recording)
    {
        if (_use is null)
        {
            Check(_model, recording, Request);
            _use = recording.Use();
            _template = recording.On(_model.Device);
        }
    }

    /// <summary>Takes one Euler step.</summary>
    /// <param name="velocity">The model's velocity at the masked rows, [m, C]; the template's residual is added to it where the model keeps to templates.</param>
    internal void Advance(Tensor velocity)
    {
        var sigmas = Recording.Sigmas;
        var corrected = _model.Config.KeepsToTemplate ? velocity.add(Template.Residuals[Step].index_select(0, Tokens.Masked)) : velocity;
        Latents.add_(corrected, sigmas[Step + 1] - sigmas[Step]);
        Step++;
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

    private int CopyTokens(ReadOnlySpan<byte> rows, TokenRuns tokens, Span<byte> destination)
    {
        var (row, written) = (Recording.RowBytes, 0);
        foreach (var (first, count) in tokens.Runs)
        {
            rows.Slice((Recording.TextRows + first) * row, count * row).CopyTo(destination[written..]);
            written += count * row;
        }

        return written;
    }

    /// <summary>Why a request cannot be edited, every reason in one message, or <c>null</c>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="steps">Steps that templates are recorded with.</param>
    /// <param name="request">The request.</param>
    internal static string? Misfit(FluxModel model, int steps, Request request)
    {
        List<string> faults = [];
        if (request.Mask.Grid != model.Config.Grid)
        {
            faults.Add($"the mask's grid is {request.Mask.Grid}, the model's {model.Config.Grid}");
        }

        if (request.Steps != steps)
        {
            faults.Add($"the request asks for {request.Steps} steps, templates are recorded with {steps}");
        }

        return faults.Count == 0 ? null : $"Request {request.Id} cannot be edited: {string.Join("; ", faults)}.";
    }

    private static void Check(FluxModel model, TemplateRecording recording, Request request)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(recording);
        if (!model.SameWeights(recording.Model))
        {
            throw new ArgumentException(
                $"The template was recorded with model '{recording.Model.Config.Name}' ({recording.Model.Source}), not with '{model.Config.Name}' ({model.Source}).",
                nameof(recording));
        }

        if (Misfit(model, recording.Steps, request) is { } misfit)
        {
            throw new ArgumentException(misfit, nameof(request));
        }
    }
}
