using SimServe.GpuBackend.Layers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Attention with its projections: of image tokens to each other or to the text.</summary>
internal sealed class TransformerAttention
{
    private readonly int _channels;
    private readonly int _heads;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;

    // [3 channels, channels] of an attention to itself, [2 channels, text width] of one to the text.
    private readonly DerivedWeight? _joined;
    private readonly bool _toItself;

    /// <summary>Creates it.</summary>
    /// <param name="weights">Its place: <c>to_q</c>, <c>to_k</c>, <c>to_v</c> without biases, <c>to_out.0</c> with one.</param>
    /// <param name="channels">Channels of the image tokens.</param>
    /// <param name="textWidth">Channels of a text token, or <c>null</c> for attention to each other.</param>
    /// <param name="heads">Heads; divides <paramref name="channels"/>.</param>
    public TransformerAttention(BackboneScope weights, int channels, int? textWidth, int heads)
    {
        (_channels, _heads, _toItself) = (channels, heads, textWidth is null);
        _query = new Linear(weights.Sub("to_q"), channels, channels, bias: false);
        _key = new Linear(weights.Sub("to_k"), textWidth ?? channels, channels, bias: false);
        _value = new Linear(weights.Sub("to_v"), textWidth ?? channels, channels, bias: false);
        _output = new Linear(weights.Sub("to_out.0"), channels, channels);
        _joined = _toItself
            ? weights.Backbone.Joined(_query.Weight, _key.Weight, _value.Weight)
            : weights.Backbone.Joined(_key.Weight, _value.Weight);
    }

    /// <summary>Attention of tokens to each other.</summary>
    /// <param name="tokens">[B, N, channels].</param>
    /// <returns>[B, N, channels], in memory of its own.</returns>
    public Tensor Apply(Tensor tokens)
    {
        if (_joined is null)
        {
            return Attend(_query.Apply(tokens), KeysAndValues(tokens));
        }

        var all = Product(tokens, _joined.Value).chunk(3, -1);
        return Attend(all[0], (all[1], all[2]));
    }

    /// <summary>Attention of tokens to the text.</summary>
    /// <param name="tokens">[B, N, channels].</param>
    /// <param name="text">The text.</param>
    /// <returns>[B, N, channels], in memory of its own.</returns>
    public Tensor Apply(Tensor tokens, TextTokens text) => Attend(_query.Apply(tokens), KeysAndValues(text));

    /// <summary>Keys and values, each [..., channels], of rows [..., channels] or [..., text width].</summary>
    public (Tensor Key, Tensor Value) KeysAndValues(Tensor source)
    {
        if (_joined is null)
        {
            return (_key.Apply(source), _value.Apply(source));
        }

        var joined = _joined.Value;
        var both = Product(source, _toItself ? joined.narrow(0, _channels, 2L * _channels) : joined).chunk(2, -1);
        return (both[0], both[1]);
    }

    /// <summary>Keys and values of the text, each [B, T, channels].</summary>
    public (Tensor Key, Tensor Value) KeysAndValues(TextTokens text) => text.Kept?.Of(this, text.Rows) ?? KeysAndValues(text.Rows);

    /// <summary>Attention of packed rows to keys of their own lane.</summary>
    /// <param name="rows">[sum of m, channels].</param>
    /// <param name="source">Keys and values, each [B, K, channels].</param>
    /// <param name="tokens">Whose rows they are.</param>
    /// <returns>[sum of m, channels].</returns>
    public Tensor Apply(Tensor rows, (Tensor Key, Tensor Value) source, PackedTokens tokens) =>
        _output.Apply(tokens.Attend(_query.Apply(rows), source.Key, source.Value, _heads));

    private Tensor Attend(Tensor query, (Tensor Key, Tensor Value) source) => _output.Apply(Attention.Run(query, source.Key, source.Value, _heads));

    private static Tensor Product(Tensor input, Tensor weight)
    {
        OperationMeter.Linear(input, weight.shape[0]);
        return nn.functional.linear(input, weight);
    }
}
