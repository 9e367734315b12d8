using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Caches;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.Models;
using SimServe.Policies;
using AdapterSet = SimServe.GpuBackend.Adapters.AdapterSet;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>A model that workers serve, of any family: it records templates, begins edits of them, and takes steps of batches.</summary>
/// <remarks>
/// Weights are never written while it serves: any number of threads may use one model at once. Who wants <see cref="Adapters"/> of its own takes a <see cref="Twin"/>.
/// </remarks>
public abstract class ServedModel : IDisposable
{
    /// <summary>Its sizes.</summary>
    public abstract ServedConfig Config { get; }

    /// <summary>Where it computes.</summary>
    public abstract Device Device { get; }

    /// <summary>What LoRA adapters change: the denoiser and the text encoders. Adapters are prepared on any thread.</summary>
    /// <remarks>
    /// In a served model only the denoiser's part is put in use, between two steps: <c>Adapters.Use(ModelPart.Denoiser, prepared)</c>. What changes text encoders goes to <see cref="Begin"/>, which
    /// encodes with it and leaves the model's own encoders as they are.
    /// </remarks>
    public abstract AdapterSet Adapters { get; }

    /// <summary>Another model with the very same weights in memory, and with adapters of its own: what is used in one leaves the other as it is.</summary>
    /// <returns>The twin, the caller's. This model must outlive it; disposing a twin frees none of the weights.</returns>
    public abstract ServedModel Twin();

    /// <summary>Runs a template's own inference once and keeps what edits reuse.</summary>
    /// <param name="template">The template; its image must have the model's size.</param>
    /// <param name="steps">Denoising steps, at least 1; edits must take as many.</param>
    /// <param name="memory">Where the rows of a step go: host memory of so many bytes; <c>null</c>: <see cref="HostMemory.Pageable"/>.</param>
    /// <param name="progress">Told the number of steps done, or <c>null</c>.</param>
    /// <param name="cancel">Stops between two steps; nothing is kept then.</param>
    /// <exception cref="ArgumentException">The image's size is not the model's.</exception>
    /// <exception cref="InvalidOperationException">Adapters are in use: templates are the plain model's.</exception>
    public abstract TemplateRecording Record(EditTemplate template, int steps, Func<long, HostMemory>? memory = null, IProgress<int>? progress = null, CancellationToken cancel = default);

    /// <summary>Prepares an edit: encodes its prompt, and draws its noise or takes over the latents of an earlier attempt.</summary>
    /// <param name="recording">The template's recording, of this model or one with the same weights; used until the edit is disposed or <see cref="EditState.Detach"/>ed.</param>
    /// <param name="request">The request; its mask, prompt, seed and steps are used.</param>
    /// <param name="fromStep">The step it is about to take, from 0 to the steps - 1.</param>
    /// <param name="latents">Its latents then, as <see cref="EditState.CopyLatents"/> gives them; not used when it begins at step 0.</param>
    /// <param name="adapters">The request's adapters, whose text encoders encode its prompt; <c>null</c>: the model's own encoders. Not owned, and not needed afterwards.</param>
    /// <exception cref="ArgumentException">
    /// The recording is another model's, or the request does not fit it; then the message lists every fault. Or the latents are not as many as the edit has, or the adapters are for other weights.
    /// </exception>
    public abstract EditState Begin(TemplateRecording recording, Request request, int fromStep = 0, ReadOnlyMemory<float> latents = default, PreparedAdapters? adapters = null);

    /// <summary>Takes a step: every member's latents and step number advance, or, on an exception, none.</summary>
    /// <param name="batch">At least one unfinished edit, each only once.</param>
    /// <param name="modes">One for each block.</param>
    /// <param name="rows">The templates' rows; never asked for any in plain steps.</param>
    /// <exception cref="ArgumentException">The batch or the modes are impossible.</exception>
    public abstract void Step(IReadOnlyList<EditState> batch, IReadOnlyList<BlockMode> modes, ITemplateRows rows);

    /// <summary>Takes a step as <see cref="Step(IReadOnlyList{EditState}, IReadOnlyList{BlockMode}, ITemplateRows)"/> does, with ControlNets of some members.</summary>
    /// <param name="batch">At least one unfinished edit, each only once.</param>
    /// <param name="modes">One for each block.</param>
    /// <param name="rows">The templates' rows.</param>
    /// <param name="controls">The ControlNets; none where the model takes none.</param>
    internal virtual void Step(IReadOnlyList<EditState> batch, IReadOnlyList<BlockMode> modes, ITemplateRows rows, IReadOnlyList<MemberControl> controls)
    {
        ArgumentNullException.ThrowIfNull(controls);
        if (controls.Count > 0)
        {
            throw new ArgumentException($"'{Config.Name}' takes no ControlNets.", nameof(controls));
        }

        Step(batch, modes, rows);
    }

    /// <summary>Computes one guidance branch of a step, for edits of this model or of one with the same weights on another device: nobody advances yet.</summary>
    /// <param name="batch">At least one unfinished edit, each only once.</param>
    /// <param name="modes">One for each block.</param>
    /// <param name="rows">The templates' rows of that branch.</param>
    /// <param name="branch">The branch, from 0; 0 is the negative prompt's.</param>
    /// <param name="controls">The ControlNets, asked for that branch alone.</param>
    /// <returns>One prediction for each edit, on this model's device; the caller's.</returns>
    /// <exception cref="NotSupportedException">The model has one branch only.</exception>
    internal virtual Tensor Predict(IReadOnlyList<EditState> batch, IReadOnlyList<BlockMode> modes, ITemplateRows rows, int branch, IReadOnlyList<MemberControl> controls) => throw NotShared();

    /// <summary>Takes a step whose branches have been computed: every member's latents and step number advance.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="branches">What <see cref="Predict"/> gave of each branch in order, on the edits' device.</param>
    /// <exception cref="NotSupportedException">The model has one branch only.</exception>
    internal virtual void Advance(IReadOnlyList<EditState> batch, IReadOnlyList<Tensor> branches) => throw NotShared();

    /// <summary>Makes an edit of what is masked alone: nothing is known of what lies around.</summary>
    /// <param name="template">The template, whose picture is used.</param>
    /// <param name="steps">Denoising steps, at least 1.</param>
    /// <param name="request">The request; its mask, prompt and seed are used.</param>
    /// <param name="adapters">As for <see cref="Begin"/>.</param>
    /// <returns>The picture, with every pixel outside the mask the template's.</returns>
    public abstract RgbImage Crop(EditTemplate template, int steps, Request request, PreparedAdapters? adapters = null);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Where the weights come from, for messages.</summary>
    internal abstract string Source { get; }

    /// <summary>What of a step is recorded.</summary>
    internal abstract RowLayout Rows { get; }

    /// <summary>Whether another model has the same weights, of the same seed or of the same files, and of the same type, be it on another device.</summary>
    internal abstract bool SameWeights(ServedModel other);

    /// <summary>The loads of a masked step in the order in which it asks for them.</summary>
    /// <param name="modes">One for each block.</param>
    /// <param name="batch">The batch.</param>
    internal abstract IReadOnlyList<RowLoad> LoadsOf(IReadOnlyList<BlockMode> modes, IReadOnlyList<EditState> batch);

    /// <summary>Those tensors of a recording that somebody reads by name; of a failure halfway nothing is left.</summary>
    /// <param name="steps">Steps of the recording.</param>
    /// <param name="read">Gives a tensor by its name in <see cref="RecordedTensors.Named"/>.</param>
    internal abstract RecordedTensors ReadTensors(int steps, Func<string, Tensor> read);

    /// <summary>Adds what tells it from other models: sizes, files, and samples of its weights.</summary>
    internal abstract void AddTo(ContentHash hash);

    /// <summary>Whether a tensor lies where the model computes.</summary>
    internal bool HasHere(Tensor tensor) => tensor.device_type == Device.type && (Device.index < 0 || tensor.device_index == Device.index);

    /// <summary>Throws where adapters are in use: what is recorded would pass for the plain model's.</summary>
    /// <exception cref="InvalidOperationException">Some are.</exception>
    internal void CheckPlain()
    {
        if (Adapters.ChangedWeights > 0)
        {
            throw new InvalidOperationException($"Templates of '{Config.Name}' are recorded by the plain model, but adapters change {Adapters.ChangedWeights} of its weights: use none while recording, or record with the twin that has none.");
        }
    }

    /// <summary>Throws unless an image has the model's size.</summary>
    /// <exception cref="ArgumentException">It has another one.</exception>
    internal void CheckSize(RgbImage image)
    {
        var grid = Config.Grid;
        if ((image.Width, image.Height) != (grid.Width, grid.Height))
        {
            throw new ArgumentException(
                $"The image is {image.Width}x{image.Height} pixels but the model makes {grid.Width}x{grid.Height}; resize the image.", nameof(image));
        }
    }

    /// <summary>Why a request cannot be edited, every reason in one message, or <c>null</c>.</summary>
    /// <param name="steps">Steps that templates are recorded with.</param>
    /// <param name="request">The request.</param>
    internal string? Misfit(int steps, Request request)
    {
        List<string> faults = [];
        if (request.Mask.Grid != Config.Grid)
        {
            faults.Add($"the mask's grid is {request.Mask.Grid}, the model's {Config.Grid}");
        }

        if (request.Steps != steps)
        {
            faults.Add($"the request asks for {request.Steps} steps, templates are recorded with {steps}");
        }

        return faults.Count == 0 ? null : $"Request {request.Id} cannot be edited: {string.Join("; ", faults)}.";
    }

    private NotSupportedException NotShared() => new($"'{Config.Name}' has one guidance branch: two devices cannot share it.");

    /// <summary>Throws unless a recording and a request fit the model and each other.</summary>
    internal void Check(TemplateRecording recording, Request request)
    {
        ArgumentNullException.ThrowIfNull(recording);
        if (!SameWeights(recording.Model))
        {
            throw new ArgumentException(
                $"The template was recorded with model '{recording.Model.Config.Name}' ({recording.Model.Source}), not with '{Config.Name}' ({Source}).",
                nameof(recording));
        }

        if (Misfit(recording.Steps, request) is { } misfit)
        {
            throw new ArgumentException(misfit, nameof(request));
        }
    }
}
