using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.Masking.Denoisers.UNets;
using SimServe.GpuBackend.Models.ControlNets;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Schedulers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Stable Diffusion 1, 2 and XL: new images and edits, with ControlNets.</summary>
/// <remarks>Source: Rombach et al., 2022; Podell et al., 2023; order of operations and of random numbers as in diffusers 0.35.</remarks>
public sealed class StableDiffusionPipeline : IDiffusionPipeline
{
    private readonly ITextConditioner _text;
    private readonly UNet2DConditionModel _unet;
    private readonly LatentCodec _codec;
    private readonly SchedulerChoice _scheduler;
    private readonly IReadOnlyList<ControlNetModel> _nets;

    internal StableDiffusionPipeline(
        ITextConditioner text,
        UNet2DConditionModel unet,
        LatentCodec codec,
        SchedulerChoice scheduler,
        IReadOnlyList<ControlNetModel> nets,
        PipelineDefaults defaults)
    {
        (_text, _unet, _codec, _scheduler, _nets, Defaults) = (text, unet, codec, scheduler, nets, defaults);
        Adapters = new AdapterSet(unet.Weights, text.FirstWeights, text.SecondWeights);
    }

    /// <inheritdoc/>
    public int Granularity => _codec.Downscale;

    /// <inheritdoc/>
    public PipelineDefaults Defaults { get; }

    /// <inheritdoc/>
    public int ControlNets => _nets.Count;

    /// <inheritdoc/>
    public AdapterSet Adapters { get; }

    private bool NineChannels => _unet.Config.InChannels > _codec.Channels;

    /// <inheritdoc/>
    public ImageResult Run(ImageRequest request, IPipelineObserver? observer = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request);
        return NotEnoughMemoryException.Guard(request, () => Make(request, observer, cancellation));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _text.Dispose();
        _unet.Dispose();
        _codec.Dispose();
        foreach (var net in _nets)
        {
            net.Dispose();
        }
    }

    private ImageResult Make(ImageRequest request, IPipelineObserver? observer, CancellationToken cancellation)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var condition = _text.Encode(request, guided: request.Guidance > 1, observer);
        condition.ShowTo(observer);
        var (latents, times) = request.Reuse is null
            ? (Denoise(request, condition, observer, cancellation), null)
            : Reuse(request, condition, observer, cancellation);
        return new ImageResult(_codec.Decode(latents).DetachFromDisposeScope(), times);
    }

    private (Tensor Latents, ReuseTimes? Times) Reuse(ImageRequest request, GuidedCondition condition, IPipelineObserver? observer, CancellationToken cancellation)
    {
        INoiseScheduler Start() => _scheduler.Start(request.Eta, _ => new SchedulerSteps(request.Steps));
        using var first = Start();
        var parts = new StableDiffusionReuse(request, _codec, NineChannels, _unet.Weights.Device, FirstStep(request, first));
        var controls = new ControlNetStage(_nets, request);
        var of = _text.Encode(request with { Prompts = [request.Reuse!.ImagePrompt], SecondPrompts = null }, guided: condition.Negative is not null, observer: null);
        var steps = first.Timesteps.Count - parts.FirstStep;
        ControlResiduals? Control(UNetInput input, int step) => controls.Residuals(input, step - parts.FirstStep, steps);
        using var noise = parts.StepNoise();
        var template = parts.Template(StableDiffusionConditions.Branches(of, 0, Added(request, of))) with { Control = Control };
        LatentEditRequest[] edits =
        [
            .. Enumerable.Range(0, request.Count).Select(image => parts.Edit(image, StableDiffusionConditions.Branches(condition, image, Added(request, condition)), noise) with { Control = Control }),
        ];
        return new CachedDenoising(new MaskedUNet(_unet), Start, request.Reuse).Run(template, edits, observer, cancellation);
    }

    private Tensor Denoise(ImageRequest request, GuidedCondition condition, IPipelineObserver? observer, CancellationToken cancellation)
    {
        using var scheduler = _scheduler.Start(request.Eta, _ => new SchedulerSteps(request.Steps));
        var shape = Shape(request);
        var edit = request.Source is null ? null : LatentInpainting.Of(request, _codec, shape, NineChannels, _unet.Weights.Device);
        if (edit is not null && edit.MissesTheGrid(request.Source!))
        {
            observer?.Warned($"The mask is finer than the model's grid of {_codec.Downscale} pixels and falls between its points: nothing is edited.");
        }

        var first = FirstStep(request, scheduler);
        scheduler.Begin(first);
        var latents = Start(request, scheduler, edit, shape, first);
        var controls = new ControlNetStage(_nets, request);
        using var keys = _unet.Optimisations.TextKeyValueCache ? new TextKeys() : null;
        observer?.Begun([.. scheduler.Timesteps.Skip(first)]);
        var added = Added(request, condition);
        for (var step = first; step < scheduler.Timesteps.Count; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var guided = Predict(request, condition, keys, added, scheduler, edit, controls, latents, step, first);
            var next = scheduler.Step(guided, step, latents, () => request.Noise.Draw(NoiseUse.Step, shape).to(latents.device));
            next = edit?.Blend(next, scheduler, step + 1) ?? next;
            latents.Dispose();
            latents = next.MoveToOuterDisposeScope();
            observer?.Stepped(step - first + 1, scheduler.Timesteps.Count - first, latents);
        }

        return latents;
    }

    private Tensor Predict(
        ImageRequest request,
        GuidedCondition condition,
        TextKeys? keys,
        AddedCondition? added,
        INoiseScheduler scheduler,
        LatentInpainting? edit,
        ControlNetStage controls,
        Tensor latents,
        int step,
        int first)
    {
        var type = _unet.Weights.Type;
        var scaled = scheduler.ScaleInput(latents, step);
        var both = condition.Negative is null ? scaled : cat([scaled, scaled]);
        var timestep = scheduler.IntegerTimesteps
            ? tensor((long)scheduler.Timesteps[step], device: both.device)
            : tensor((float)scheduler.Timesteps[step], device: both.device);
        var plain = new UNetInput { Sample = both.to(type), Timestep = timestep, Text = condition.Rows.Text.to(type), AddedCondition = added, TextKeys = keys };
        var input = plain with
        {
            Sample = (edit?.Extend(both) ?? both).to(type),
            Residuals = controls.Residuals(plain, step - first, scheduler.Timesteps.Count - first),
        };
        var output = _unet.Forward(input).to(ScalarType.Float32);
        return condition.Negative is null ? output : Guided(output, request.Guidance);
    }

    // Classifier-free guidance (Ho and Salimans, 2022): away from the negative prediction.
    private static Tensor Guided(Tensor both, double scale)
    {
        var half = both.shape[0] / 2;
        var (negative, positive) = (both.narrow(0, 0, half), both.narrow(0, half, half));
        return positive.sub(negative).mul_(scale).add_(negative);
    }

    private Tensor Start(ImageRequest request, INoiseScheduler scheduler, LatentInpainting? edit, long[] shape, int first)
    {
        using var scope = NewDisposeScope();
        var noise = edit?.Noise ?? (request.Latents ?? request.Noise.Draw(NoiseUse.InitialLatents, shape)).to(_unet.Weights.Device);
        var partial = edit?.Image is { } && request.Source!.Strength < 1;
        return (partial ? scheduler.AddNoise(edit!.Image!, noise, first) : noise.mul(scheduler.InitialNoiseScale)).MoveToOuterDisposeScope();
    }

    private static int FirstStep(ImageRequest request, INoiseScheduler scheduler)
    {
        var strength = request.Source?.Strength ?? 1;
        return strength >= 1 ? 0 : Math.Min(request.Steps - Math.Min((int)(request.Steps * strength), request.Steps), scheduler.Timesteps.Count - 1);
    }

    private AddedCondition? Added(ImageRequest request, GuidedCondition condition) => StableDiffusionConditions.Added(_text, request, condition, _unet.Weights.Device);

    private void Check(ImageRequest request)
    {
        var faults = request.Faults(Granularity, _text.MostClipSkip);
        faults.AddRange(ControlNetStage.Faults(_nets.Count, request));
        request.RequireLatents(faults, Shape(request));
        if (NineChannels && request.Source is null)
        {
            faults.Add("this UNet has nine input channels and only edits: give it an image and a mask");
        }

        InvalidRequestException.ThrowIfAny(faults);
    }

    private long[] Shape(ImageRequest request) => [request.Count, _codec.Channels, request.Height / _codec.Downscale, request.Width / _codec.Downscale];
}
