using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.TextEncoders;

/// <summary>transformers' <c>T5EncoderModel</c>.</summary>
/// <remarks>Source: Raffel et al., 2020. Positions enter as a learned bias of the scores by distance, made once and shared by all layers.</remarks>
public sealed class T5EncoderModel : IDisposable
{
    private readonly Embedding _tokens;
    private readonly T5RelativeBias _bias;
    private readonly T5Layer[] _layers;
    private readonly RmsNorm _norm;

    /// <summary>Creates the model.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="weights">Its weights, owned by the model from now on.</param>
    /// <exception cref="ModelFiles.ModelFileException">Weights are missing, misshapen or left over.</exception>
    public T5EncoderModel(T5EncoderConfig config, WeightStore weights)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        (Config, Weights) = (config, weights);
        var root = weights.Root;
        _tokens = new Embedding(root.SubOrOlder("shared", "encoder.embed_tokens"), config.Vocabulary, config.Width);
        _bias = new T5RelativeBias(root.Sub("encoder.block.0.layer.0.SelfAttention.relative_attention_bias"), config);
        _layers = [.. Enumerable.Range(0, config.Layers).Select(i => new T5Layer(root.Sub("encoder.block", i), config))];
        _norm = new RmsNorm(root.Sub("encoder.final_layer_norm"), config.Width, config.NormEpsilon);
        // Some files store the table of tokens under both of its names.
        weights.Complete("encoder.embed_tokens.weight");
    }

    /// <summary>The model's sizes.</summary>
    public T5EncoderConfig Config { get; }

    /// <summary>The model's weights.</summary>
    public WeightStore Weights { get; }

    /// <summary>Encodes texts.</summary>
    /// <param name="ids">[B, T], int64, on the weights' device.</param>
    /// <param name="mask">[B, T]: 0 where a token is not to be seen; <c>null</c> shows all, as Flux does.</param>
    /// <param name="keepHiddenStates">Whether the inputs of the layers are wanted too; they take 200 MB for 512 tokens of T5-XXL in float32.</param>
    /// <returns>Tensors of the caller's dispose scope.</returns>
    public T5EncoderOutput Forward(Tensor ids, Tensor? mask = null, bool keepHiddenStates = false)
    {
        ArgumentNullException.ThrowIfNull(ids);
        using var scope = NewDisposeScope();
        var hidden = _tokens.Apply(ids);
        var bias = _bias.Of(ids.shape[1]);
        if (mask is not null)
        {
            bias = bias.add(mask.eq(0).to(ScalarType.Float32).mul(float.MinValue).unsqueeze(1).unsqueeze(1));
        }

        List<Tensor> states = [];
        foreach (var layer in _layers)
        {
            var before = hidden;
            hidden = layer.Apply(before, bias);
            if (keepHiddenStates)
            {
                states.Add(before.MoveToOuterDisposeScope());
            }
            else
            {
                before.Dispose();
            }
        }

        return new T5EncoderOutput(_norm.Apply(hidden).to(Weights.Type).MoveToOuterDisposeScope(), states);
    }

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();
}
