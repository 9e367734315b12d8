using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.TextEncoders;

/// <summary>transformers' <c>CLIPTextModel</c> and <c>CLIPTextModelWithProjection</c>.</summary>
/// <remarks>Source: Radford et al., 2021.</remarks>
public sealed class ClipTextModel : IDisposable
{
    private const int LargestTokenRule = 2;

    private readonly Embedding _tokens;
    private readonly Weight _positions;
    private readonly ClipLayer[] _layers;
    private readonly LayerNorm _norm;
    private readonly Linear? _projection;

    /// <summary>Creates the model.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="weights">Its weights, owned by the model from now on.</param>
    /// <exception cref="ModelFiles.ModelFileException">Weights are missing, misshapen or left over.</exception>
    public ClipTextModel(ClipTextConfig config, WeightStore weights)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        (Config, Weights) = (config, weights);
        var root = weights.Root.Sub("text_model");
        _tokens = new Embedding(root.Sub("embeddings.token_embedding"), config.Vocabulary, config.Width);
        _positions = root.Sub("embeddings.position_embedding").Take("weight", Initialization.Small, config.Positions, config.Width);
        _layers = [.. Enumerable.Range(0, config.Layers).Select(i => new ClipLayer(root.Sub("encoder.layers", i), config))];
        _norm = new LayerNorm(root.Sub("final_layer_norm"), config.Width, config.NormEpsilon);
        _projection = config.ProjectionWidth is { } width ? new Linear(weights.Root.Sub("text_projection"), config.Width, width, bias: false) : null;
        // Older files store the numbers 0 to 76 as a tensor.
        weights.Complete("text_model.embeddings.position_ids");
    }

    /// <summary>The model's sizes.</summary>
    public ClipTextConfig Config { get; }

    /// <summary>The model's weights.</summary>
    public WeightStore Weights { get; }

    /// <summary>Encodes texts. Tokens see only those before them.</summary>
    /// <param name="ids">[B, T], int64, on the weights' device.</param>
    /// <param name="mask">[B, T]: 0 where a token is not to be seen; <c>null</c> shows all, as the diffusion pipelines do.</param>
    /// <returns>Tensors of the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The texts are longer than the model's positions.</exception>
    public ClipTextOutput Forward(Tensor ids, Tensor? mask = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        using var scope = NewDisposeScope();
        var length = ids.shape[1];
        if (length > Config.Positions)
        {
            throw new ArgumentException($"The text encoder reads at most {Config.Positions} tokens, not {length}; cut the text to that length.", nameof(ids));
        }

        var hidden = _tokens.Apply(ids).add(_positions.Value.narrow(0, 0, length));
        var visible = Mask(length, mask, hidden);
        List<Tensor> states = [hidden];
        foreach (var layer in _layers)
        {
            hidden = layer.Apply(hidden, visible);
            states.Add(hidden);
        }

        var last = _norm.Apply(hidden);
        var pooled = last.gather(1, EndPlaces(ids).view(-1, 1, 1).expand(-1, 1, Config.Width)).squeeze(1);
        return Kept(new ClipTextOutput(last, states, pooled, _projection?.Apply(pooled)));
    }

    /// <summary>The final norm, for hidden states before the last.</summary>
    /// <param name="hidden">[B, T, D].</param>
    public Tensor FinalNorm(Tensor hidden) => _norm.Apply(hidden);

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();

    private static ClipTextOutput Kept(ClipTextOutput output)
    {
        output.LastHiddenState.MoveToOuterDisposeScope();
        output.Pooled.MoveToOuterDisposeScope();
        output.TextEmbeds?.MoveToOuterDisposeScope();
        foreach (var state in output.HiddenStates)
        {
            state.MoveToOuterDisposeScope();
        }

        return output;
    }

    private static Tensor Mask(long length, Tensor? mask, Tensor like)
    {
        var hidden = like.dtype == ScalarType.Float16 ? -65504.0 : -3.0e38;
        var causal = full([length, length], hidden, dtype: like.dtype, device: like.device).triu_(1);
        return mask is null ? causal : causal.add(mask.eq(0).to(like.dtype).mul(hidden).unsqueeze(1).unsqueeze(1));
    }

    private Tensor EndPlaces(Tensor ids) => Config.EndToken == LargestTokenRule
        ? ids.argmax(-1)
        : ids.eq(Config.EndToken).to(ScalarType.Int32).argmax(-1);
}
