using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.Masking.Denoisers.Transformers;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Schedulers;
using SimServe.Policies;
using AdapterSet = SimServe.GpuBackend.Adapters.AdapterSet;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>FLUX.1: new images and edits.</summary>
/// <remarks>Source: FLUX.1 (Black Forest Labs, 2024); order of operations as in diffusers 0.35.</remarks>
public sealed class FluxPipeline : IDiffusionPipeline
{
    private const double TrainingSteps = 1000;

    private readonly ITextConditioner _text;
    private readonly FluxTransformer2DModel _transformer;
    private readonly LatentCodec _codec;
    private readonly SchedulerChoice _scheduler;
    private readonly bool _cleanContext;

    internal FluxPipeline(ITextConditioner text, FluxTransformer2DModel transformer, LatentCodec codec, SchedulerChoice scheduler, PipelineDefaults defaults, bool cleanContext = false)
    {
        (_text, _transformer, _codec, _scheduler, Defaults, _cleanContext) = (text, transformer, codec, scheduler, defaults, cleanContext);
        Adapters = new AdapterSet(transformer.Weights, text.FirstWeights, text.SecondWeights);
    }

    /// <inheritdoc/>
    public int Granularity => _codec.Downscale * FluxPacking.Side;

    /// <inheritdoc/>
    public PipelineDefaults Defaults { get; }

    /// <inheritdoc/>
    public int ControlNets => 0;

    /// <inheritdoc/>
    public AdapterSet Adapters { get; }

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
        _transformer.Dispose();
        _codec.Dispose();
    }

    private ImageResult Make(ImageRequest request, IPipelineObserver? observer, CancellationToken cancellation)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var condition = _text.Encode(request, guided: request.TrueGuidance > 1 && request.NegativePrompt is not null, observer);
        condition.ShowTo(observer);
        var (rows, columns) = (request.Height / Granularity, request.Width / Granularity);
        var (latents, times) = request.Reuse is null
            ? (Denoise(request, condition, rows, columns, observer, cancellation), null)
            : Reuse(request, condition, rows, columns, observer, cancellation);
        return new ImageResult(_codec.Decode(FluxPacking.Unpack(latents, rows, columns)).DetachFromDisposeScope(), times);
    }

    private (Tensor Latents, ReuseTimes? Times) Reuse(
        ImageRequest request, GuidedCondition condition, int rows, int columns, IPipelineObserver? observer, CancellationToken cancellation)
    {
        long[] shape = [request.Count, _codec.Channels, rows * FluxPacking.Side, columns * FluxPacking.Side];
        var edit = FluxInpainting.Of(request, _codec, shape, _transformer.Weights.Device, _cleanContext);
        var (picture, noise) = (MaskedFlux.Pixels(edit.Image, rows), MaskedFlux.Pixels(edit.Noise, rows));
        var of = _text.Encode(request with { Prompts = [request.Reuse!.ImagePrompt], SecondPrompts = null }, guided: condition.Negative is not null, observer: null);
        var mask = EditMask.FromPixels(new TokenGrid(columns, rows, Granularity), request.Source!.Mask);
        var template = new LatentTemplate
        {
            Image = picture.narrow(0, 0, 1),
            IsClean = edit.Clean,
            Noise = noise.narrow(0, 0, 1),
            Branches = Branches(request, of, 0),
            Guidance = request.TrueGuidance,
            FirstStep = FirstStep(request),
        };
        LatentEditRequest[] edits =
        [
            .. Enumerable.Range(0, request.Count).Select(image => new LatentEditRequest
            {
                Mask = mask,
                Branches = Branches(request, condition, image),
                Guidance = request.TrueGuidance,
                Noise = noise.narrow(0, image, 1),
            }),
        ];
        var (latents, times) = new CachedDenoising(new MaskedFlux(_transformer), () => Start(request, rows, columns), request.Reuse).Run(template, edits, observer, cancellation);
        return (MaskedFlux.Packed(latents), times);
    }

    private static DenoiserCondition[] Branches(ImageRequest request, GuidedCondition condition, int image)
    {
        DenoiserCondition Of(TextCondition text) =>
            new() { Text = text.Text.narrow(0, image, 1), Pooled = text.Pooled!.narrow(0, image, 1), Guidance = request.Guidance };
        return condition.Negative is null ? [Of(condition.Positive)] : [Of(condition.Negative), Of(condition.Positive)];
    }

    private INoiseScheduler Start(ImageRequest request, int rows, int columns) => _scheduler.Start(request.Eta, made => new SchedulerSteps(request.Steps)
    {
        Sigmas = [.. Enumerable.Range(0, request.Steps).Select(i => Level(i, request.Steps))],
        Mu = made.DynamicShift(rows * columns),
    });

    private Tensor Denoise(
        ImageRequest request, GuidedCondition condition, int rows, int columns, IPipelineObserver? observer, CancellationToken cancellation)
    {
        var device = _transformer.Weights.Device;
        using var scheduler = Start(request, rows, columns);
        long[] shape = [request.Count, _codec.Channels, rows * FluxPacking.Side, columns * FluxPacking.Side];
        var edit = request.Source is null ? null : FluxInpainting.Of(request, _codec, shape, device, _cleanContext);
        var first = FirstStep(request);
        scheduler.Begin(first);
        var noise = edit?.Noise ?? (request.Latents ?? FluxPacking.Pack(request.Noise.Draw(NoiseUse.InitialLatents, shape))).to(device);
        var latents = edit is not null && first > 0 ? scheduler.AddNoise(edit.Image, noise, first) : noise.alias();
        latents = edit is { Clean: true } ? edit.Blend(latents, scheduler, first) : latents;
        var positions = (Image: FluxPacking.Positions(rows, columns, device), Text: zeros(condition.Positive.Text.shape[1], 3, device: device));
        observer?.Encoded("text_ids", positions.Text);
        observer?.Begun([.. scheduler.Timesteps.Skip(first)]);
        for (var step = first; step < scheduler.Timesteps.Count; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var velocity = Predict(request, condition, latents, scheduler.Timesteps[step] / TrainingSteps, positions);
            var next = scheduler.Step(velocity, step, latents, () => FluxPacking.Pack(request.Noise.Draw(NoiseUse.Step, shape)).to(device));
            next = edit?.Blend(next, scheduler, step + 1) ?? next;
            latents.Dispose();
            latents = next.MoveToOuterDisposeScope();
            observer?.Stepped(step - first + 1, scheduler.Timesteps.Count - first, latents);
        }

        return latents;
    }

    // Evenly spaced from 1 down to 1 / steps, as the reference's pipeline asks of its scheduler.
    private static double Level(int index, int steps) => steps == 1 ? 1 : 1 + (index * ((1.0 / steps) - 1) / (steps - 1));

    private static int FirstStep(ImageRequest request)
    {
        var strength = request.Source?.Strength ?? 1;
        return strength >= 1 ? 0 : Math.Min(request.Steps - 1, (int)(request.Steps - Math.Min(request.Steps * strength, request.Steps)));
    }

    private Tensor Predict(ImageRequest request, GuidedCondition condition, Tensor latents, double level, (Tensor Image, Tensor Text) positions)
    {
        var positive = Velocity(request, condition.Positive, latents, level, positions);
        if (condition.Negative is null)
        {
            return positive;
        }

        var negative = Velocity(request, condition.Negative, latents, level, positions);
        return positive.sub(negative).mul_(request.TrueGuidance).add_(negative);
    }

    private Tensor Velocity(ImageRequest request, TextCondition condition, Tensor latents, double level, (Tensor Image, Tensor Text) positions)
    {
        var (type, device) = (_transformer.Weights.Type, _transformer.Weights.Device);
        return _transformer.Forward(new FluxInput
        {
            HiddenStates = latents.to(type),
            EncoderHiddenStates = condition.Text.to(type, device),
            PooledProjections = condition.Pooled!.to(type, device),
            Timestep = full(latents.shape[0], (float)level, device: device),
            Guidance = _transformer.Config.GuidanceEmbeds ? full(latents.shape[0], (float)request.Guidance, device: device) : null,
            ImageIds = positions.Image,
            TextIds = positions.Text,
        }).to(ScalarType.Float32);
    }

    private void Check(ImageRequest request)
    {
        var faults = request.Faults(Granularity, _text.MostClipSkip);
        var channels = _codec.Channels * FluxPacking.Side * FluxPacking.Side;
        request.RequireLatents(faults, request.Count, request.Height / Granularity * (request.Width / Granularity), channels);
        if (request.Controls.Count > 0)
        {
            faults.Add("Flux takes no ControlNet in this version");
        }

        if (request.Reuse?.TileSide is not null)
        {
            faults.Add("tiles are for convolutions, and Flux has none");
        }

        InvalidRequestException.ThrowIfAny(faults);
    }
}
