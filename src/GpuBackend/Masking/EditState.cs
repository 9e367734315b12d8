using SimServe.GpuBackend.Images;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>One edit under way: its latents and the step it is about to take.</summary>
/// <remarks>
/// Starts from noise of its own seed where the mask is; elsewhere latents are the template's at every noise level. Used by one thread at
/// a time, except for <see cref="Gather"/>, which a copy thread may call beside a running step.
/// </remarks>
public abstract class EditState : IDisposable
{
    private readonly ServedModel _model;
    private RecordingUse? _use;
    private RecordedTensors? _tensors;

    /// <summary>Takes up an edit.</summary>
    /// <param name="model">The model.</param>
    /// <param name="recording">The template's recording; used until the edit is disposed or <see cref="Detach"/>ed.</param>
    /// <param name="request">The request.</param>
    /// <param name="fromStep">The step it is about to take.</param>
    /// <exception cref="ArgumentException">The recording is another model's, or the request does not fit it; then the message lists every fault.</exception>
    private protected EditState(ServedModel model, TemplateRecording recording, Request request, int fromStep)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Check(recording, request);
        ArgumentOutOfRangeException.ThrowIfNegative(fromStep);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(fromStep, recording.Steps);
        (_model, Request) = (model, request);
        TakeUp(recording);
    }

    /// <summary>The request.</summary>
    public Request Request { get; }

    /// <summary>The template's recording.</summary>
    /// <exception cref="InvalidOperationException">The edit is detached.</exception>
    public TemplateRecording Recording => _use?.Recording ?? throw Detached();

    /// <summary>The step it is about to take, from 0; equals <see cref="Steps"/> when it is finished.</summary>
    public abstract int Step { get; }

    /// <summary>All of its steps.</summary>
    public int Steps => Request.Steps;

    /// <summary>Whether every step is done.</summary>
    public bool IsFinished => Step == Steps;

    /// <summary>Its latents, float32, on the model's device: of its edited tokens, or of the whole image where convolutions need them. The edit's.</summary>
    public abstract Tensor Latents { get; }

    /// <summary>A copy of <see cref="Latents"/> in host memory, bit for bit, from which another edit of the same request can go on.</summary>
    public float[] CopyLatents()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        using var mode = inference_mode();
        using var host = Latents.cpu();
        return host.data<float>().ToArray();
    }

    /// <summary>The edited image: what is masked decoded, every pixel outside the pixel mask equal to the template's.</summary>
    /// <remarks>Meaningful once finished; before that it shows the noise that is left.</remarks>
    public abstract RgbImage ToImage();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!IsDisposed)
        {
            IsDisposed = true;
            Detach();
            Free();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Its template's rows in the device's own memory, or <c>null</c>: gathering those moves nothing over the link.</summary>
    internal ResidentRows? Resident { get; set; }

    /// <summary>Whether it has been disposed.</summary>
    private protected bool IsDisposed { get; private set; }

    /// <summary>The template's tensors on the model's device; the recording's.</summary>
    private protected RecordedTensors Tensors => _tensors ?? throw Detached();

    /// <summary>The rows of a load, as runs among all rows of their block.</summary>
    /// <param name="load">The load.</param>
    /// <param name="branch">The guidance branch whose rows they are; <c>null</c>: those of all branches, one after the other.</param>
    internal abstract RowRuns RunsOf(RowLoad load, int? branch = null);

    /// <summary>Copies the template's rows of a load, in order.</summary>
    /// <param name="load">The load.</param>
    /// <param name="step">From 0 to <see cref="Steps"/> - 1; the edit's own step, passed in because a copy thread may run ahead of it.</param>
    /// <param name="destination">Room for all of them.</param>
    /// <param name="branch">The guidance branch whose rows they are; <c>null</c>: all branches.</param>
    /// <returns>Bytes written.</returns>
    internal int Gather(RowLoad load, int step, Span<byte> destination, int? branch = null)
    {
        var rows = Recording.Rows(step, load.Block);
        var (row, written) = (Recording.Layout[load.Block].Format.RowBytes, 0);
        foreach (var (first, count) in RunsOf(load, branch).Runs)
        {
            rows.Slice(first * row, count * row).CopyTo(destination[written..]);
            written += count * row;
        }

        return written;
    }

    /// <summary>Lets the recording go while the edit waits: it can be turned into an image, but takes no step until <see cref="Attach"/>.</summary>
    internal virtual void Detach()
    {
        _use?.Dispose();
        (_use, _tensors) = (null, null);
        Resident = null;
    }

    /// <summary>Uses the template's recording again, the same or one made anew.</summary>
    internal virtual void Attach(TemplateRecording recording)
    {
        if (_use is null)
        {
            _model.Check(recording, Request);
            TakeUp(recording);
        }
    }

    /// <summary>Frees its own tensors; called once.</summary>
    private protected abstract void Free();

    private void TakeUp(TemplateRecording recording)
    {
        _use = recording.Use();
        _tensors = recording.On(_model.Device);
    }

    private InvalidOperationException Detached() => new($"{Request.Id} is detached from its template's recording.");
}
