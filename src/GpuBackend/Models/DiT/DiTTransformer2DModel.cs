using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.DiT;

/// <summary>A class-conditional diffusion transformer.</summary>
/// <remarks>
/// Equal to diffusers' class of this name; unlike it, latents need not be square. Source: Peebles and Xie, "Scalable Diffusion Models with
/// Transformers", 2023, with adaLN-Zero blocks. Any number of threads may call it at once.
/// </remarks>
public sealed class DiTTransformer2DModel : IDisposable
{
    private const double OutputEpsilon = 1e-6;

    private readonly PatchEmbedding _patches;
    private readonly DiTBlock[] _blocks;
    private readonly LayerNorm _norm;
    private readonly Linear _condition;
    private readonly Linear _output;
    private readonly Tap _positions;

    /// <summary>Builds the model.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="weights">Its weights; owned by the model from now on.</param>
    /// <exception cref="ModelFiles.ModelFileException">Weights are missing, misshapen or left over.</exception>
    public DiTTransformer2DModel(DiTTransformerConfig config, WeightStore weights)
    {
        (Config, Weights) = (config, weights);
        var root = weights.Root;
        _patches = new PatchEmbedding(root.Sub("pos_embed"), config.InChannels, config.Width, config.PatchSize);
        _positions = root.Sub("pos_embed").Tap();
        _blocks = [.. Enumerable.Range(0, config.Layers).Select(layer => new DiTBlock(root.Sub("transformer_blocks", layer), config))];
        _norm = new LayerNorm(config.Width, OutputEpsilon);
        _condition = new Linear(root.Sub("proj_out_1"), config.Width, 2L * config.Width);
        _output = new Linear(root.Sub("proj_out_2"), config.Width, (long)config.PatchSize * config.PatchSize * config.OutChannels);
        weights.Complete();
    }

    /// <summary>The model's sizes.</summary>
    public DiTTransformerConfig Config { get; }

    /// <summary>The model's weights.</summary>
    public WeightStore Weights { get; }

    /// <summary>Predicts noise, and variance where the model learns it.</summary>
    /// <param name="input">Latents and conditions.</param>
    /// <returns>[B, output channels, H, W], in the latents' type; the caller's.</returns>
    /// <exception cref="ArgumentException">The latents do not fit the patch size.</exception>
    public Tensor Forward(DiTTransformerInput input) => Forward(input, recorder: null);

    /// <summary>The same, whose blocks are told to a recorder.</summary>
    internal Tensor Forward(DiTTransformerInput input, IBlockRecorder? recorder)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = _patches.Grid(input.HiddenStates);
        var hidden = Embedded(input.HiddenStates, rows, columns);
        foreach (var block in _blocks)
        {
            var next = block.Apply(hidden, input.Timestep, input.ClassLabels, recorder);
            hidden.Dispose();
            hidden = next;
        }

        // The head takes its condition from the first block's embedder: it has none of its own.
        var condition = _condition.Apply(nn.functional.silu(_blocks[0].Condition(input.Timestep, input.ClassLabels, hidden.dtype))).chunk(2, 1);
        var output = _output.Apply(Modulation.Apply(_norm.Apply(hidden), shift: condition[0], scale: condition[1]));
        return _patches.Joined(output, rows, columns).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();

    /// <summary>Predicts at masked tokens only.</summary>
    /// <param name="input">All of the latents.</param>
    /// <param name="tokens">Which tokens are masked.</param>
    /// <param name="others">What is not computed.</param>
    /// <returns>[B, out channels, h, w]; zero at unmasked tokens.</returns>
    internal Tensor ForwardMasked(DiTTransformerInput input, PackedTokens tokens, IBlockRows others)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = _patches.Grid(input.HiddenStates);
        var hidden = tokens.Gather(Embedded(input.HiddenStates, rows, columns));
        foreach (var block in _blocks)
        {
            var next = block.ApplyMasked(hidden, tokens, (input.Timestep, input.ClassLabels), others);
            hidden.Dispose();
            hidden = next;
        }

        var condition = _condition.Apply(nn.functional.silu(_blocks[0].Condition(input.Timestep, input.ClassLabels, hidden.dtype))).chunk(2, 1);
        var output = _output.Apply(Modulation.ApplyToRows(_norm.Apply(hidden), tokens.ForMasked(condition[0]), tokens.ForMasked(condition[1])));
        return _patches.Joined(tokens.Scatter(output), rows, columns).MoveToOuterDisposeScope();
    }

    private Tensor Embedded(Tensor latents, long rows, long columns)
    {
        var table = SinusoidalGrid.Of(rows, columns, Config.SampleSize / Config.PatchSize, Config.Width, latents.device);
        var patches = _patches.Apply(latents);
        return _positions.Out(patches.add(table).to(patches.dtype));
    }
}
