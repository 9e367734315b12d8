using SimServe.GpuBackend.Schedulers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>One edit under way: its latents, its scheduler, and the step it is about to take.</summary>
/// <remarks>Masked latents start from noise of its own; the others are the template's at every noise level. Used by one thread at a time.</remarks>
internal sealed class LatentEdit : IDisposable
{
    private readonly INoiseScheduler _scheduler;
    private readonly Tensor _mask;
    private readonly int _firstBranch;

    /// <summary>Begins an edit.</summary>
    /// <param name="recording">The template's recording; must outlive the edit.</param>
    /// <param name="request">What it is to be.</param>
    /// <param name="scheduler">A scheduler of its own, with the steps that the template was recorded with; the edit's from now on.</param>
    /// <exception cref="ArgumentException">It does not fit the recording; the message lists every fault.</exception>
    public LatentEdit(LatentRecording recording, LatentEditRequest request, INoiseScheduler scheduler)
    {
        Check(recording, request, scheduler);
        (Recording, Request, _scheduler) = (recording, request, scheduler);
        Masks = new MaskPyramid(request.Mask);
        Step = recording.Template.FirstStep;
        // A recording with both branches serves edits without guidance too: its last one is the prompt's.
        _firstBranch = recording.Template.Branches.Count - request.Branches.Count;
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var (before, side) = (recording.Latents(Step), recording.Denoiser.TokenSide);
        var pixels = tensor(Masks.Finest.Pixels(side), device: before.device).reshape(1, 1, before.shape[2], before.shape[3]);
        scheduler.Begin(Step);
        _mask = pixels.DetachFromDisposeScope();
        Latents = where(_mask, LatentPaths.Begin(scheduler, recording.Template.Image, request.Noise, Step), before).DetachFromDisposeScope();
    }

    /// <summary>The template's recording.</summary>
    public LatentRecording Recording { get; }

    /// <summary>What it is to be.</summary>
    public LatentEditRequest Request { get; }

    /// <summary>Its mask at every resolution.</summary>
    public MaskPyramid Masks { get; }

    /// <summary>The step it is about to take.</summary>
    public int Step { get; private set; }

    /// <summary>Whether every step is done.</summary>
    public bool IsFinished => Step == Recording.Timesteps.Count;

    /// <summary>All its latents, [1, C, h, w], float32; replaced by every step.</summary>
    public Tensor Latents { get; private set; }

    /// <summary>Its forward passes in a step.</summary>
    public int Lanes => Request.Branches.Count;

    /// <summary>The time step of the step it is about to take.</summary>
    public double Timestep => Recording.Timesteps[Step];

    /// <summary>The model's input in that step, the same for all its lanes, [1, C, h, w].</summary>
    public Tensor Input() => LatentPaths.Input(_scheduler, Latents, Step, Request.Context);

    /// <summary>What a lane takes over in that step.</summary>
    public LaneReuse Reuse(int lane) => new(Masks, Recording.Layers(Step, _firstBranch + lane));

    /// <summary>Takes the step.</summary>
    /// <param name="prediction">The model's, [lanes, C, h, w].</param>
    public void Advance(Tensor prediction)
    {
        using var scope = NewDisposeScope();
        var next = _scheduler.Step(LatentPaths.Guided(prediction, Request.Guidance), Step, Latents, Request.StepNoise);
        next = Request.KeepsToTemplate ? next.add(Recording.Correction(Step)) : next;
        var blended = where(_mask, next, Recording.Latents(Step + 1)).DetachFromDisposeScope();
        Latents.Dispose();
        Latents = blended;
        Step++;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scheduler.Dispose();
        _mask.Dispose();
        Latents.Dispose();
    }

    private static void Check(LatentRecording recording, LatentEditRequest request, INoiseScheduler scheduler)
    {
        List<string> faults = [];
        var (latents, side) = (recording.Template.Noise.shape, recording.Denoiser.TokenSide);
        var (rows, columns) = ((int)latents[2] / side, (int)latents[3] / side);
        Require(faults, (request.Mask.Grid.Rows, request.Mask.Grid.Columns) == (rows, columns), $"the mask has {request.Mask.Grid.Columns}x{request.Mask.Grid.Rows} tokens, the template {columns}x{rows}");
        Require(faults, request.Noise.shape.AsSpan().SequenceEqual(latents), $"the noise is [{string.Join(", ", request.Noise.shape)}], the template's [{string.Join(", ", latents)}]");
        Require(faults, scheduler.Timesteps.SequenceEqual(recording.Timesteps), "the scheduler takes other steps than the template was recorded with");
        Require(faults, request.Branches.Count >= 1 && request.Branches.Count <= recording.Template.Branches.Count,
            $"it has {request.Branches.Count} branches, the recording {recording.Template.Branches.Count}: record the template with guidance too");
        if (faults.Count > 0)
        {
            throw new ArgumentException($"The template cannot be edited so: {string.Join("; ", faults)}.", nameof(request));
        }
    }

    private static void Require(List<string> faults, bool holds, string fault)
    {
        if (!holds)
        {
            faults.Add(fault);
        }
    }
}
