using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Caches;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.Masking.Denoisers.UNets;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Schedulers;
using SimServe.GpuBackend.Weights;
using SimServe.Policies;
using AdapterSet = SimServe.GpuBackend.Adapters.AdapterSet;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>A Stable Diffusion model as it is served: its U-Net leaves out what a mask does not touch, in every transformer; convolutions run in full.</summary>
internal sealed class StableDiffusionModel : ServedModel
{
    private readonly ITextConditioner _text;
    private readonly UNet2DConditionModel _unet;
    private readonly LatentCodec _codec;
    private readonly SchedulerChoice _scheduler;
    private readonly MaskedUNet _denoiser;
    private readonly StreamedUNetStep _step;

    /// <summary>Puts a model together.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="text">The text encoders; owned from now on.</param>
    /// <param name="unet">The U-Net, where the model computes; owned from now on.</param>
    /// <param name="codec">The autoencoder; owned from now on.</param>
    /// <param name="scheduler">Makes schedulers.</param>
    public StableDiffusionModel(StableDiffusionConfig config, ITextConditioner text, UNet2DConditionModel unet, LatentCodec codec, SchedulerChoice scheduler)
    {
        (Config, _text, _unet, _codec, _scheduler) = (config, text, unet, codec, scheduler);
        var shape = config.ToShape();
        (Rows, Loads, _denoiser) = (RowLayout.Of(shape, config.Type), new UNetLoads(shape), new MaskedUNet(unet));
        Adapters = new AdapterSet(unet.Weights, text.FirstWeights, text.SecondWeights);
        Requests = new StableDiffusionRequests(config, text, codec, unet.Weights.Device);
        _step = new StreamedUNetStep(_denoiser, shape, (block, stored) => Rows[block].Format.Expand(stored));
    }

    /// <inheritdoc/>
    public override StableDiffusionConfig Config { get; }

    /// <inheritdoc/>
    public override Device Device => _unet.Weights.Device;

    /// <inheritdoc/>
    public override AdapterSet Adapters { get; }

    /// <summary>What templates and requests ask of it.</summary>
    public StableDiffusionRequests Requests { get; }

    /// <summary>Which rows each block loads.</summary>
    public UNetLoads Loads { get; }

    /// <inheritdoc/>
    internal override RowLayout Rows { get; }

    /// <inheritdoc/>
    internal override string Source => $"folder '{Config.Folder}'";

    /// <inheritdoc/>
    public override ServedModel Twin() => new StableDiffusionModel(
        Config, _text.Twin(), new UNet2DConditionModel(_unet.Config, WeightStore.Sharing(_unet.Weights)), _codec.Twin(), _scheduler);

    /// <inheritdoc/>
    public override TemplateRecording Record(EditTemplate template, int steps, Func<long, HostMemory>? memory = null, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        CheckSize(template.Image);
        CheckPlain();
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var scheduler = StartScheduler(steps);
        List<HostMemory> rows = [];
        try
        {
            void Take(int step, RecordedLayers[] branches)
            {
                rows.Add((memory ?? HostMemory.Pageable)(Math.Max(1, Rows.StepBytes)));
                Store(branches, rows[^1]);
            }

            var variant = Config.Cache.Variant == CacheVariant.KeysValues ? ReuseVariant.KeysAndValues : ReuseVariant.BlockInputs;
            var path = new LatentRecorder(_denoiser, new RecordingOptions(variant)).RecordSteps(Requests.Of(template), scheduler, Take, progress, cancel);
            return new TemplateRecording(this, template, PathTensors.Of(path), [.. rows]);
        }
        catch
        {
            rows.ForEach(static step => step.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public override EditState Begin(TemplateRecording recording, Request request, int fromStep = 0, ReadOnlyMemory<float> latents = default, PreparedAdapters? adapters = null)
    {
        Adapters.Check(adapters);
        return new StableDiffusionEdit(this, recording, request, (fromStep, latents), adapters);
    }

    /// <inheritdoc/>
    public override void Step(IReadOnlyList<EditState> batch, IReadOnlyList<BlockMode> modes, ITemplateRows rows) => Step(batch, modes, rows, []);

    /// <inheritdoc/>
    internal override void Step(IReadOnlyList<EditState> batch, IReadOnlyList<BlockMode> modes, ITemplateRows rows, IReadOnlyList<MemberControl> controls)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _step.Run([.. batch.Select(Own)], modes, rows, controls);
    }

    /// <inheritdoc/>
    internal override Tensor Predict(IReadOnlyList<EditState> batch, IReadOnlyList<BlockMode> modes, ITemplateRows rows, int branch, IReadOnlyList<MemberControl> controls) =>
        _step.Predict([.. batch.Select(EditOf)], modes, rows, branch, controls);

    /// <inheritdoc/>
    internal override void Advance(IReadOnlyList<EditState> batch, IReadOnlyList<Tensor> branches) => StreamedUNetStep.Advance([.. batch.Select(Own)], branches);

    /// <inheritdoc/>
    /// <remarks>The smallest box of whole pixels of the coarsest level around the mask; of what it makes the masked pixels are taken.</remarks>
    public override RgbImage Crop(EditTemplate template, int steps, Request request, PreparedAdapters? adapters = null)
    {
        ArgumentNullException.ThrowIfNull(template);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var box = LatentBox.Around(request.Mask, 1 << (Config.UNet.Encoder.Levels.Count - 1));
        return Composite(template.Image, request.Mask, box.Into(Requests.Encoded(template), Alone(request, box, steps, adapters)));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _text.Dispose();
        _unet.Dispose();
        _codec.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A scheduler of its own for a template or an edit.</summary>
    public INoiseScheduler StartScheduler(int steps) => _scheduler.Start(0, _ => new SchedulerSteps(steps));

    /// <summary>Latents that <see cref="EditState.CopyLatents"/> gave.</summary>
    /// <exception cref="ArgumentException">There are more or fewer than an edit has.</exception>
    public Tensor Restored(ReadOnlyMemory<float> latents)
    {
        var (shape, count) = (Requests.LatentShape, _codec.Channels * Config.Grid.Count);
        return latents.Length == count
            ? tensor(latents.ToArray(), shape)
            : throw new ArgumentException($"Found {latents.Length} latents; allowed: {count}, {_codec.Channels} for each of {Config.Grid.Count}. Take the checkpoint of this request.", nameof(latents));
    }

    /// <summary>An edited image: what is masked decoded, every pixel outside the pixel mask equal to the template's.</summary>
    /// <param name="picture">The template's picture.</param>
    /// <param name="mask">The mask.</param>
    /// <param name="latents">[1, C, h, w].</param>
    public RgbImage Composite(RgbImage picture, EditMask mask, Tensor latents)
    {
        using var mode = inference_mode();
        return _codec.Composite(latents, new InpaintSource { Image = picture, Mask = mask.Pixels });
    }

    /// <inheritdoc/>
    internal override bool SameWeights(ServedModel other) => other is StableDiffusionModel model && Config == model.Config;

    /// <inheritdoc/>
    internal override IReadOnlyList<RowLoad> LoadsOf(IReadOnlyList<BlockMode> modes, IReadOnlyList<EditState> batch) =>
        [.. Loads.Blocks.Select(static block => new RowLoad(block, Resume: false)).Where(load => batch.Any(edit => edit.RunsOf(load).Rows > 0))];

    /// <inheritdoc/>
    internal override RecordedTensors ReadTensors(int steps, Func<string, Tensor> read)
    {
        using var scheduler = StartScheduler(steps);
        return PathTensors.Of([.. scheduler.Timesteps], Config.Branches, read);
    }

    /// <inheritdoc/>
    internal override void AddTo(ContentHash hash)
    {
        hash.Add($"{Config.Name}, {Config.Grid}, {Config.Type}, guided by {Config.Guidance}, {Config.Scheduler}").Add(Config.Files);
        ModelIdentity.Add(hash, _unet.Weights);
    }

    private LatentEdit Own(EditState edit) => HasHere(edit.Latents) ? EditOf(edit) : throw Foreign(edit);

    private LatentEdit EditOf(EditState edit) => edit is StableDiffusionEdit own && (own.IsFinished || SameWeights(own.Recording.Model)) ? own.Edit : throw Foreign(edit);

    private static ArgumentException Foreign(EditState edit) => new($"Request {edit.Request.Id} belongs to another model or device; leave it out of the batch.");

    private void Store(RecordedLayers[] branches, HostMemory memory)
    {
        foreach (var block in Loads.Blocks)
        {
            using var scope = NewDisposeScope();
            var set = Rows[block];
            var bytes = set.Bytes / branches.Length;
            for (var branch = 0; branch < branches.Length; branch++)
            {
                set.Format.Store(Loads.RowsOf(branches[branch], block), memory.Address + (nint)(set.Offset + (branch * bytes)));
            }
        }
    }

    // A box made from its noise and the prompt.
    private Tensor Alone(Request request, LatentBox box, int steps, PreparedAdapters? adapters)
    {
        var asked = Requests.Of(request, 0, adapters);
        try
        {
            using var scheduler = StartScheduler(steps);
            scheduler.Begin(0);
            var latents = LatentSteps.Begin(scheduler, null, box.Of(Requests.NoiseOf(request.Seed, [.. Enumerable.Range(0, Config.Grid.Count)])), 0);
            for (var step = 0; step < steps; step++)
            {
                latents = scheduler.Step(LatentSteps.Guided(_denoiser.Plain(LatentSteps.Lanes(scheduler, latents, step, null, asked.Branches)), asked.Guidance), step, latents, () => box.Of(asked.StepNoise!()));
            }

            return latents;
        }
        finally
        {
            StableDiffusionRequests.Free(asked);
        }
    }
}
