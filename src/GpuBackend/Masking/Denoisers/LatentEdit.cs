using SimServe.GpuBackend.Schedulers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>One edit under way: its latents, its scheduler, and the step it is about to take.</summary>
/// <remarks>
/// Edited latents start from noise of its own; the others, those of a margin that is computed but not edited too, are the template's at every noise level. Used by one thread at a time.
/// While it waits it need not hold its template's path: <see cref="Detach"/>.
/// </remarks>
internal sealed class LatentEdit : IDisposable
{
    private readonly INoiseScheduler _scheduler;
    private readonly int _tokenSide;
    private readonly Tensor _edited;
    private LatentPath? _path;
    private LatentRecording? _recording;

    /// <summary>Begins an edit whose template's layers are at hand.</summary>
    /// <param name="recording">The template's recording; must outlive the edit, or until it is detached.</param>
    /// <param name="request">What it is to be.</param>
    /// <param name="scheduler">A scheduler of its own, with the steps that the template was recorded with; the edit's from now on.</param>
    /// <param name="from">Where it goes on from; <c>null</c>: at the template's first step.</param>
    /// <exception cref="ArgumentException">It does not fit the recording; the message lists every fault.</exception>
    public LatentEdit(LatentRecording recording, LatentEditRequest request, INoiseScheduler scheduler, LatentCheckpoint? from = null)
        : this(recording.Path, recording.Denoiser.TokenSide, request, scheduler, from) => _recording = recording;

    /// <summary>Begins an edit whose template's layers come from elsewhere.</summary>
    /// <param name="path">The template's path; must outlive the edit, or until it is detached.</param>
    /// <param name="tokenSide">Latent pixels of a token's side.</param>
    /// <param name="request">What it is to be.</param>
    /// <param name="scheduler">A scheduler of its own, with the steps that the template was recorded with; the edit's from now on.</param>
    /// <param name="from">Where it goes on from; <c>null</c>: at the template's first step.</param>
    /// <exception cref="ArgumentException">It does not fit the path; the message lists every fault.</exception>
    public LatentEdit(LatentPath path, int tokenSide, LatentEditRequest request, INoiseScheduler scheduler, LatentCheckpoint? from = null)
    {
        (Request, _scheduler, _tokenSide) = (request, scheduler, tokenSide);
        Check(path, from);
        _path = path;
        Masks = new MaskPyramid(request.Mask);
        Step = from?.Step ?? path.Template.FirstStep;
        // A template with both branches serves edits without guidance too: its last one is the prompt's.
        FirstBranch = path.Template.Branches.Count - request.Branches.Count;
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var before = path.Latents(Step);
        _edited = tensor(EditedPixels(), device: before.device).reshape(1, 1, before.shape[2], before.shape[3]).DetachFromDisposeScope();
        scheduler.Begin(Step);
        Latents = (from is null ? Beginning(path, before) : from.Latents.to(ScalarType.Float32, before.device, copy: true)).DetachFromDisposeScope();
    }

    /// <summary>The template's recording.</summary>
    /// <exception cref="InvalidOperationException">The edit is detached, or was made on a path alone.</exception>
    public LatentRecording Recording => _recording ?? throw new InvalidOperationException("The edit has no recorded layers of its template: it was made on a path alone, or was detached.");

    /// <summary>The template's path.</summary>
    /// <exception cref="InvalidOperationException">The edit is detached.</exception>
    public LatentPath Path => _path ?? throw new InvalidOperationException("The edit is detached from its template's path: attach it before it takes a step.");

    /// <summary>What it is to be.</summary>
    public LatentEditRequest Request { get; }

    /// <summary>Its computed tokens at every resolution.</summary>
    public MaskPyramid Masks { get; }

    /// <summary>The branch of the template that its first lane takes rows of; the next lane those of the next.</summary>
    public int FirstBranch { get; }

    /// <summary>The step it is about to take.</summary>
    public int Step { get; private set; }

    /// <summary>Whether every step is done.</summary>
    public bool IsFinished => Step == _scheduler.Timesteps.Count;

    /// <summary>All its latents, [1, C, h, w], float32; replaced by every step.</summary>
    public Tensor Latents { get; private set; }

    /// <summary>Its forward passes in a step.</summary>
    public int Lanes => Request.Branches.Count;

    /// <summary>The time step of the step it is about to take.</summary>
    public double Timestep => _scheduler.Timesteps[Step];

    /// <summary>The model's input in that step, the same for all its lanes, [1, C, h, w].</summary>
    public Tensor Input() => LatentSteps.Input(_scheduler, Latents, Step, Request.Context);

    /// <summary>What a lane takes over in that step.</summary>
    public LaneReuse Reuse(int lane) => new(Masks, Recording.Layers(Step, FirstBranch + lane));

    /// <summary>Takes the step.</summary>
    /// <param name="prediction">The model's, [lanes, C, h, w].</param>
    /// <exception cref="InvalidOperationException">The edit is detached.</exception>
    public void Advance(Tensor prediction)
    {
        using var scope = NewDisposeScope();
        var path = Path;
        var next = _scheduler.Step(LatentSteps.Guided(prediction, Request.Guidance), Step, Latents, Request.StepNoise);
        next = Request.KeepsToTemplate ? next.add(path.Correction(Step)) : next;
        var blended = where(_edited, next, path.Latents(Step + 1)).DetachFromDisposeScope();
        Latents.Dispose();
        Latents = blended;
        Step++;
    }

    /// <summary>Lets the template's path and layers go while the edit waits: it has its latents, but takes no step until <see cref="Attach"/>.</summary>
    public void Detach() => (_path, _recording) = (null, null);

    /// <summary>Uses the template's path again, the same or one recorded or read anew. Recorded layers do not come back with it.</summary>
    /// <param name="path">Must outlive the edit, or until it is detached.</param>
    /// <exception cref="ArgumentException">It does not fit the edit; the message lists every fault.</exception>
    public void Attach(LatentPath path)
    {
        Check(path, null);
        _path = path;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scheduler.Dispose();
        _edited.Dispose();
        Latents.Dispose();
    }

    private Tensor Beginning(LatentPath path, Tensor before) =>
        where(_edited, LatentSteps.Begin(_scheduler, path.Template.Image, Request.Noise, Step), before);

    private bool[] EditedPixels()
    {
        var grid = Request.Mask.Grid;
        var edited = new bool[grid.Count];
        foreach (var token in Request.Mask.EditedTokens())
        {
            edited[token] = true;
        }

        return new LevelMask(grid.Rows, grid.Columns, edited).Pixels(_tokenSide);
    }

    private void Check(LatentPath path, LatentCheckpoint? from)
    {
        List<string> faults = [];
        var (grid, latents, first, steps) = (Request.Mask.Grid, path.Template.Noise.shape, path.Template.FirstStep, path.Timesteps.Count);
        var (rows, columns) = ((int)latents[2] / _tokenSide, (int)latents[3] / _tokenSide);
        Require(faults, (grid.Rows, grid.Columns) == (rows, columns), $"the mask has {grid.Columns}x{grid.Rows} tokens, the template {columns}x{rows}");
        Require(faults, HasShape(Request.Noise, latents), $"the noise is [{string.Join(", ", Request.Noise.shape)}], the template's [{string.Join(", ", latents)}]");
        Require(faults, _scheduler.Timesteps.SequenceEqual(path.Timesteps), "the scheduler takes other steps than the template was recorded with");
        Require(faults, Request.Branches.Count >= 1 && Request.Branches.Count <= path.Template.Branches.Count,
            $"it has {Request.Branches.Count} branches, the recording {path.Template.Branches.Count}: record the template with guidance too");
        Require(faults, from is null || (from.Step >= first && from.Step < steps), $"it goes on at step {from?.Step}; allowed: {first} to {steps - 1}");
        Require(faults, from is null || HasShape(from.Latents, latents), "the latents to go on from have another shape than the template's");
        if (faults.Count > 0)
        {
            throw new ArgumentException($"The template cannot be edited so: {string.Join("; ", faults)}.", nameof(path));
        }
    }

    private static bool HasShape(Tensor tensor, long[] shape) => tensor.shape.AsSpan().SequenceEqual(shape);

    private static void Require(List<string> faults, bool holds, string fault)
    {
        if (!holds)
        {
            faults.Add(fault);
        }
    }
}
