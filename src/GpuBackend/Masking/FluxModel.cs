using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Caches;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Weights;
using SimServe.Policies;
using TorchSharp;
using AdapterSet = SimServe.GpuBackend.Adapters.AdapterSet;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>A Flux model as it is served: a transformer, the space of its latents, the encoder of its prompts, and where the tokens of its images stand.</summary>
/// <remarks>
/// Either everything is trained and comes from a folder, or latents are the pixels of a patch, prompts are hashed and weights are random: made on the processor and
/// moved, so that equal seeds give equal weights on every device. It computes in the type of its configuration. Weights are never written after construction: any
/// number of threads may run one model at once.
/// </remarks>
public sealed class FluxModel : ServedModel
{
    private readonly Tensor _imageIds;
    private readonly Tensor _textIds;

    /// <summary>Creates a model with weights made from a seed.</summary>
    /// <param name="config">Its sizes; without trained parts.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="device">Where it computes; <c>null</c>: on the processor.</param>
    /// <exception cref="ArgumentException">Some sizes are impossible; the message lists them all.</exception>
    /// <exception cref="LibTorchNotFoundException">Native Torch is missing.</exception>
    public FluxModel(FluxConfig config, long seed, Device? device = null)
        : this(Untrained(config), Seeded(config, seed, Numbered(device ?? CPU)), new PixelLatents(config.Grid, Numbered(device ?? CPU)), new HashedPromptEncoder(config)) =>
        Seed = seed;

    /// <summary>Puts a model together.</summary>
    /// <param name="config">Its sizes, checked.</param>
    /// <param name="transformer">The transformer, where the model computes; owned from now on.</param>
    /// <param name="latents">The space of its latents; owned from now on.</param>
    /// <param name="prompts">The encoder of its prompts; owned from now on.</param>
    internal FluxModel(FluxConfig config, FluxTransformer2DModel transformer, ILatentSpace latents, IPromptEncoder prompts)
    {
        (Config, Transformer, Latents, Prompts, Device) = (config, transformer, latents, prompts, transformer.Weights.Device);
        using var scope = NewDisposeScope();
        var (image, text) = (ImageIds(config.Grid.Rows, config.Grid.Columns), zeros(config.TextTokens, 3));
        (_imageIds, _textIds) = (Keep(image), Keep(text));
        Rows = RowLayout.Of(config);
        Adapters = new AdapterSet(transformer.Weights, (prompts as ITrainedPrompts)?.FirstWeights, (prompts as ITrainedPrompts)?.SecondWeights);

        // Made on the processor, whose sines and cosines are not quite the device's.
        ImageRotary = Keep(RotaryTable.Of(image, config.Transformer.RotaryAxes));
        TextRotary = Keep(RotaryTable.Of(text, config.Transformer.RotaryAxes));
        Settle(Device);
    }

    /// <inheritdoc/>
    public override FluxConfig Config { get; }

    /// <summary>Seed of the weights; 0 in a model from a folder.</summary>
    public long Seed { get; private init; }

    /// <inheritdoc/>
    public override Device Device { get; }

    /// <inheritdoc/>
    /// <remarks>An edit's prompt goes through the transformer's own embedders when it begins: adapters that change those reach edits that begin later.</remarks>
    public override AdapterSet Adapters { get; }

    /// <summary>The transformer.</summary>
    public FluxTransformer2DModel Transformer { get; }

    /// <summary>The space of its latents.</summary>
    public ILatentSpace Latents { get; }

    /// <summary>The encoder of its prompts.</summary>
    public IPromptEncoder Prompts { get; }

    /// <summary>Rotary factors of every image token, [L, 1, d/2].</summary>
    internal Tensor ImageRotary { get; }

    /// <summary>Rotary factors of every text token, [T, 1, d/2].</summary>
    internal Tensor TextRotary { get; }

    /// <summary>The plain model on one image.</summary>
    /// <param name="latents">[L, C], float32, on the model's device.</param>
    /// <param name="sigma">Noise level, from 0 to 1.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="tokens">Where the latents stand, for some of the image's tokens alone; <c>null</c> for all of them.</param>
    /// <returns>The velocity, [L, C], float32; the caller disposes it.</returns>
    public Tensor Velocity(Tensor latents, double sigma, PromptEmbedding prompt, IReadOnlyList<int>? tokens = null)
    {
        ArgumentNullException.ThrowIfNull(latents);
        ArgumentNullException.ThrowIfNull(prompt);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        CheckShape(latents, "latents", ScalarType.Float32, tokens?.Count ?? Config.Grid.Count, Config.Transformer.InChannels);
        var velocity = Transformer.Forward(new FluxInput
        {
            HiddenStates = latents.to(Config.Type).unsqueeze(0),
            EncoderHiddenStates = Text(prompt).unsqueeze(0),
            PooledProjections = Pooled(prompt),
            Timestep = Here([(float)sigma], 1),
            ImageIds = tokens is null ? _imageIds : _imageIds.index_select(0, tensor(tokens.Select(static token => (long)token).ToArray()).to(Device)),
            TextIds = _textIds,
        });
        return velocity.squeeze(0).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override FluxModel Twin() => new(
        Config,
        new FluxTransformer2DModel(Transformer.Config, WeightStore.Sharing(Transformer.Weights)),
        new SharedLatents(Latents),
        Prompts is ITrainedPrompts trained ? trained.Twin() : new SharedPrompts(Prompts))
    { Seed = Seed };

    /// <inheritdoc/>
    public override TemplateRecording Record(EditTemplate template, int steps, Func<long, HostMemory>? memory = null, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        CheckPlain();
        return new TemplateRecorder(this, memory).Record(template, steps, progress, cancel);
    }

    /// <inheritdoc/>
    public override FluxEdit Begin(TemplateRecording recording, Request request, int fromStep = 0, ReadOnlyMemory<float> latents = default, PreparedAdapters? adapters = null)
    {
        Adapters.Check(adapters);
        return new(this, recording, request, fromStep, latents, adapters);
    }

    /// <inheritdoc/>
    public override void Step(IReadOnlyList<EditState> batch, IReadOnlyList<BlockMode> modes, ITemplateRows rows)
    {
        ArgumentNullException.ThrowIfNull(batch);
        new StepExecutor(this).Run([.. batch.Select(Own)], modes, rows);
    }

    /// <inheritdoc/>
    public override RgbImage Crop(EditTemplate template, int steps, Request request, PreparedAdapters? adapters = null) => NaiveCrop.Of(this, template, steps, request, adapters);

    /// <inheritdoc/>
    public override void Dispose()
    {
        Transformer.Dispose();
        Latents.Dispose();
        Prompts.Dispose();
        foreach (var tensor in new[] { _imageIds, _textIds, ImageRotary, TextRotary })
        {
            tensor.Dispose();
        }
    }

    /// <summary>Throws unless a tensor has the type and the shape that are expected at a border.</summary>
    internal static void CheckShape(Tensor rows, string what, ScalarType type, params long[] shape)
    {
        if (rows.dtype != type || !rows.shape.AsSpan().SequenceEqual(shape))
        {
            throw new ArgumentException(
                $"The {what} must be {type} [{string.Join(", ", shape)}], not {rows.dtype} [{string.Join(", ", rows.shape)}].");
        }
    }

    /// <summary>Encodes a prompt, with the text encoders as adapters change them.</summary>
    internal PromptEmbedding EncodePrompt(string prompt, PreparedAdapters? adapters) =>
        adapters is not null && Prompts is ITrainedPrompts trained ? trained.Encode(prompt, adapters) : Prompts.Encode(prompt);

    /// <summary>Numbers of host memory as a float32 tensor on the model's device.</summary>
    internal Tensor Here(float[] values, params long[] shape) => tensor(values, shape).to(Device);

    /// <summary>An image's latents, [L, C], float32, on the model's device.</summary>
    /// <exception cref="ArgumentException">The image's size is not the model's.</exception>
    internal Tensor Encode(RgbImage image)
    {
        CheckSize(image);
        return Latents.Encode(image);
    }

    /// <inheritdoc/>
    internal override RowLayout Rows { get; }

    /// <inheritdoc/>
    internal override string Source => Config.Parts is { } parts ? $"folder '{parts.Folder}'" : $"seed {Seed}";

    /// <summary>Latents, [..., C], float32, to hidden rows, [..., H], of the model's type.</summary>
    internal Tensor EmbedLatents(Tensor latents) => Transformer.EmbedImage(latents.to(Config.Type));

    /// <inheritdoc/>
    internal override bool SameWeights(ServedModel other) => other is FluxModel model && Config == model.Config && Seed == model.Seed;

    /// <inheritdoc/>
    internal override IReadOnlyList<RowLoad> LoadsOf(IReadOnlyList<BlockMode> modes, IReadOnlyList<EditState> batch) =>
        RowLoads.Order(modes, batch.Sum(static edit => ((FluxEdit)edit).UnmaskedTokens), Config.Cache.Variant);

    /// <inheritdoc/>
    internal override RecordedTensors ReadTensors(int steps, Func<string, Tensor> read) => TemplateTensors.Of(FlowMatchEuler.Sigmas(steps, Config.Shift), read);

    /// <inheritdoc/>
    internal override void AddTo(ContentHash hash)
    {
        hash.Add($"{Config with { Parts = null, Cache = default }}").Add(Config.Parts?.Files ?? string.Empty);
        ModelIdentity.Add(hash, Transformer.Weights);
    }

    /// <summary>A prompt's tokens to hidden rows, [T, H].</summary>
    internal Tensor EmbedText(PromptEmbedding prompt) => Transformer.EmbedText(Text(prompt));

    /// <summary>The prompt's part of the condition, [1, H].</summary>
    internal Tensor PooledVector(PromptEmbedding prompt) => Transformer.Embedding.Text(Pooled(prompt));

    /// <summary>The noise levels' part of the condition, [levels, H].</summary>
    internal Tensor TimeVectors(IReadOnlyList<double> sigmas) =>
        Transformer.Embedding.Time(Here([.. sigmas.Select(static sigma => (float)sigma)], sigmas.Count));

    private FluxEdit Own(EditState edit) => edit as FluxEdit ?? throw new ArgumentException($"Request {edit.Request.Id} belongs to another model or device; leave it out of the batch.");

    private Tensor Text(PromptEmbedding prompt) => Here([.. prompt.Text], Config.TextTokens, Config.Transformer.TextWidth).to(Config.Type);

    private Tensor Pooled(PromptEmbedding prompt) => Here([.. prompt.Pooled], 1, Config.Transformer.PooledWidth).to(Config.Type);

    private Tensor Keep(Tensor made) => made.to(Device).DetachFromDisposeScope();

    /// <summary>Waits until a device has done all its work: what one stream has made, any other may then use.</summary>
    internal static void Settle(Device device)
    {
        if (device.type == DeviceType.CUDA)
        {
            cuda.synchronize(device);
        }
    }

    /// <summary>The same device with its number: "cuda" alone is the first one.</summary>
    internal static Device Numbered(Device device) => device.type == DeviceType.CUDA && device.index < 0 ? new Device(DeviceType.CUDA, 0) : device;

    private static FluxConfig Untrained(FluxConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.Parts is null ? config.Validated() : throw new ArgumentException($"'{config.Name}' is trained: open its folder.", nameof(config));
    }

    private static FluxTransformer2DModel Seeded(FluxConfig config, long seed, Device device) => new(config.Transformer, WeightStore.Seeded(seed, config.Type, device));

    private static Tensor ImageIds(int rows, int columns)
    {
        var row = arange(rows, dtype: ScalarType.Float32).repeat_interleave(columns);
        return stack([zeros(rows * columns), row, arange(columns, dtype: ScalarType.Float32).repeat(rows)], 1);
    }
}
