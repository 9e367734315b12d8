using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>The diffusion transformer of FLUX.1: latents, text states, pooled prompt, noise level and guidance to a velocity.</summary>
/// <remarks>
/// Source: FLUX.1 (Black Forest Labs, 2024); weights and names as in diffusers' <c>FluxTransformer2DModel</c>. Blocks work on packed rows of several
/// members, so that masked editing runs through the very same blocks. Run it under <c>inference_mode</c>. Any number of threads may run it at once.
/// </remarks>
public sealed class FluxTransformer2DModel : IDisposable
{
    private readonly Linear _image;
    private readonly Linear _text;
    private readonly ModulationLayer _lastModulation;
    private readonly Linear _last;
    private readonly Tap _imageTap;
    private readonly Tap _textTap;
    private readonly Tap _lastTap;

    /// <summary>Takes the model's weights.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="weights">Its weights; owned by the model once the constructor has returned.</param>
    /// <exception cref="ArgumentException">Some sizes are impossible; the message lists them all.</exception>
    /// <exception cref="ModelFileException">Weights are missing, misshapen or left over; the message lists them.</exception>
    public FluxTransformer2DModel(FluxTransformerConfig config, WeightStore weights)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        (Config, Weights) = (config.Validated(), weights);
        var root = weights.Root;
        _image = new Linear(root.Sub("x_embedder"), config.InChannels, config.Width);
        _text = new Linear(root.Sub("context_embedder"), config.TextWidth, config.Width);
        Embedding = new TimeTextEmbedding(root.Sub("time_text_embed"), config);
        Blocks =
        [
            .. Enumerable.Range(0, config.DoubleBlocks).Select(i => new DoubleBlock(root.Sub("transformer_blocks", i), config, i)),
            .. Enumerable.Range(0, config.SingleBlocks).Select(i => new SingleBlock(root.Sub("single_transformer_blocks", i), config, i)),
        ];
        _lastModulation = new ModulationLayer(root.Sub("norm_out.linear"), config.Width, 2);
        _last = new Linear(root.Sub("proj_out"), config.Width, config.OutChannels);
        (_imageTap, _textTap, _lastTap) = (root.Sub("x_embedder").Tap(), root.Sub("context_embedder").Tap(), root.Sub("norm_out").Tap());
        weights.Complete();
    }

    /// <summary>Its sizes.</summary>
    public FluxTransformerConfig Config { get; }

    /// <summary>The weights, for adapters and counts.</summary>
    public WeightStore Weights { get; }

    /// <summary>The blocks, double-stream ones first.</summary>
    internal IReadOnlyList<FluxBlock> Blocks { get; }

    /// <summary>Noise level, guidance and pooled prompt to the time-and-prompt vector.</summary>
    internal TimeTextEmbedding Embedding { get; }

    /// <summary>Runs the model.</summary>
    /// <param name="input">Latents, prompts, noise levels, and where the tokens stand.</param>
    /// <returns>The velocity, noise minus image: [B, L, output channels]; the caller owns it.</returns>
    /// <exception cref="ArgumentException">Shapes or types do not fit; the message lists them all.</exception>
    public Tensor Forward(FluxInput input) => Forward(input, null);

    /// <summary>Runs the model under the eyes of somebody who learns from its hidden rows.</summary>
    /// <param name="input">Latents, prompts, noise levels, and where the tokens stand.</param>
    /// <param name="image">Called with each block's number and its image rows, [B * L, H], valid during the call; or <c>null</c>.</param>
    internal Tensor Forward(FluxInput input, Action<int, Tensor>? image)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.Check(Config, Weights.Type);
        using var scope = NewDisposeScope();
        var members = (int)input.HiddenStates.shape[0];
        var rotary = RotaryTable.Of(input.ImageIds, Config.RotaryAxes);
        var layout = new PassLayout(0, RotaryTable.Of(input.TextIds, Config.RotaryAxes), [.. Enumerable.Repeat(rotary, members)], []);
        var latents = _imageTap.Out(EmbedImage(input.HiddenStates));
        var vectors = Embedding.Apply(input.Timestep, input.Guidance, input.PooledProjections);
        var text = _textTap.Out(EmbedText(input.EncoderHiddenStates));
        var taps = Weights.Hooks.Observer is null ? null : new BlockTaps(this, layout, vectors);
        var condition = Condition(vectors);
        var rows = RunBlocks(
            layout, condition, new HiddenRows(text.flatten(0, 1), latents.flatten(0, 1)), taps is null ? null : taps.Input, After);
        var normed = _lastTap.Out(Norm(layout.Image, condition, rows.Split(layout).Image).unflatten(0, [members, -1]));
        return _last.Apply(normed).MoveToOuterDisposeScope();

        void After(int block, HiddenRows rows)
        {
            taps?.Output(block, rows);
            image?.Invoke(block, rows.Split(layout).Image);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();

    /// <summary>What the blocks take as condition.</summary>
    /// <param name="vectors">Time-and-prompt vectors, [members, H].</param>
    internal static Tensor Condition(Tensor vectors) => nn.functional.silu(vectors);

    /// <summary>Image latents to hidden rows: [..., C] to [..., H].</summary>
    internal Tensor EmbedImage(Tensor latents) => _image.Apply(latents);

    /// <summary>Text states to hidden rows: [..., D] to [..., H].</summary>
    internal Tensor EmbedText(Tensor states) => _text.Apply(states);

    /// <summary>All blocks in order on rows that are all there.</summary>
    /// <param name="layout">How the rows are packed.</param>
    /// <param name="condition">[members, H].</param>
    /// <param name="rows">Input of the first block; freed.</param>
    /// <param name="before">Called with each block's number and input, or <c>null</c>.</param>
    /// <param name="after">Called with each block's number and output, or <c>null</c>.</param>
    internal HiddenRows RunBlocks(
        PassLayout layout, Tensor condition, HiddenRows rows, Action<int, HiddenRows>? before = null, Action<int, HiddenRows>? after = null)
    {
        for (var block = 0; block < Blocks.Count; block++)
        {
            before?.Invoke(block, rows);
            var output = Blocks[block].Run(layout, condition, rows, null);
            rows.Free();
            rows = output;
            after?.Invoke(block, rows);
        }

        return rows;
    }

    /// <summary>The last layer: hidden image rows to velocities.</summary>
    /// <param name="owners">The member of each row.</param>
    /// <param name="condition">[members, H].</param>
    /// <param name="image">[R, H].</param>
    /// <returns>[R, output channels].</returns>
    internal Tensor Last(RowOwners owners, Tensor condition, Tensor image) => _last.Apply(Norm(owners, condition, image));

    // Scale first, then shift: unlike in the blocks.
    private Tensor Norm(RowOwners owners, Tensor condition, Tensor image) =>
        owners.Of(_lastModulation.Apply(condition)).Norm(image, shift: 1, scale: 0);
}
