using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.DiT;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.StableDiffusion3;

/// <summary>The multimodal diffusion transformer of Stable Diffusion 3 and 3.5.</summary>
/// <remarks>
/// Equal to diffusers' class of this name. Source: Esser et al., "Scaling Rectified Flow Transformers for High-Resolution Image Synthesis", 2024. Any number
/// of threads may call it at once.
/// </remarks>
public sealed class SD3Transformer2DModel : IDisposable
{
    private readonly PatchEmbedding _patches;
    private readonly PositionTable _positions;
    private readonly TimeTextEmbedding _condition;
    private readonly Linear _text;
    private readonly JointBlock[] _blocks;
    private readonly OutputNorm _norm;
    private readonly Linear _output;
    private readonly (Tap Positions, Tap Text) _taps;

    /// <summary>Builds the model.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="weights">Its weights; owned by the model from now on.</param>
    /// <exception cref="ModelFiles.ModelFileException">Weights are missing, misshapen or left over.</exception>
    public SD3Transformer2DModel(SD3TransformerConfig config, WeightStore weights)
    {
        (Config, Weights) = (config, weights);
        var root = weights.Root;
        _patches = new PatchEmbedding(root.Sub("pos_embed"), config.InChannels, config.Width, config.PatchSize);
        _positions = new PositionTable(root.Sub("pos_embed"), config.PositionTableSize, config.Width);
        _condition = new TimeTextEmbedding(root.Sub("time_text_embed"), config.PooledWidth, config.Width);
        _text = new Linear(root.Sub("context_embedder"), config.TextWidth, config.Width);
        _blocks = [.. Enumerable.Range(0, config.Layers).Select(layer => new JointBlock(root.Sub("transformer_blocks", layer), config, layer))];
        _norm = new OutputNorm(root.Sub("norm_out"), config.Width);
        _output = new Linear(root.Sub("proj_out"), config.Width, (long)config.PatchSize * config.PatchSize * config.OutChannels);
        _taps = (root.Sub("pos_embed").Tap(), root.Sub("context_embedder").Tap());
        weights.Complete();
    }

    /// <summary>The model's sizes.</summary>
    public SD3TransformerConfig Config { get; }

    /// <summary>The model's weights. The table of positions is among them, though it was not trained.</summary>
    public WeightStore Weights { get; }

    /// <summary>Predicts the flow's velocity.</summary>
    /// <param name="input">Latents and conditions.</param>
    /// <returns>[B, output channels, H, W], in the latents' type; the caller's.</returns>
    /// <exception cref="ArgumentException">The latents do not fit the patch size, or are larger than the table of positions.</exception>
    public Tensor Forward(SD3TransformerInput input) => Forward(input, recorder: null);

    /// <summary>The same, whose blocks are told to a recorder.</summary>
    internal Tensor Forward(SD3TransformerInput input, IBlockRecorder? recorder)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = _patches.Grid(input.HiddenStates);
        var (image, text, condition) = Embedded(input, rows, columns);
        foreach (var block in _blocks)
        {
            var next = block.Apply(image, text, condition, recorder);
            image.Dispose();
            text.Dispose();
            (image, text) = (next.Image, next.Text ?? text);
        }

        return _patches.Joined(_output.Apply(_norm.Apply(image, condition)), rows, columns).MoveToOuterDisposeScope();
    }

    /// <summary>Predicts at masked tokens only; text is computed in full.</summary>
    /// <param name="input">All of the latents.</param>
    /// <param name="tokens">Which tokens are masked.</param>
    /// <param name="others">What is not computed.</param>
    /// <returns>[B, out channels, h, w]; zero at unmasked tokens.</returns>
    internal Tensor ForwardMasked(SD3TransformerInput input, PackedTokens tokens, IBlockRows others)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = _patches.Grid(input.HiddenStates);
        var (all, text, condition) = Embedded(input, rows, columns);
        var image = tokens.Gather(all);
        foreach (var block in _blocks)
        {
            var next = block.ApplyMasked(image, text, condition, tokens, others);
            image.Dispose();
            text.Dispose();
            (image, text) = (next.Image, next.Text ?? text);
        }

        return _patches.Joined(tokens.Scatter(_output.Apply(_norm.ApplyMasked(image, condition, tokens))), rows, columns).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();

    private (Tensor Image, Tensor Text, Tensor Condition) Embedded(SD3TransformerInput input, long rows, long columns) => (
        _taps.Positions.Out(_patches.Apply(input.HiddenStates).add(_positions.Crop(rows, columns))),
        _taps.Text.Out(_text.Apply(input.EncoderHiddenStates)),
        _condition.Apply(input.Timestep, input.PooledProjections));
}
