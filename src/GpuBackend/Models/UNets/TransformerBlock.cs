using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Self-attention, attention to the text, feed-forward; each behind a layer norm and beside a shortcut.</summary>
/// <remarks>Source: diffusers' <c>BasicTransformerBlock</c>; Rombach et al., 2022.</remarks>
internal sealed class TransformerBlock
{
    private const double NormEpsilon = 1e-5;

    private readonly LayerNorm _norm1;
    private readonly TransformerAttention _toItself;
    private readonly LayerNorm _norm2;
    private readonly TransformerAttention _toText;
    private readonly LayerNorm _norm3;
    private readonly GatedFeedForward _feedForward;
    private readonly Tap _tap;

    /// <summary>Creates the block.</summary>
    public TransformerBlock(BackboneScope weights, UNetEncoderConfig config, int channels, int heads)
    {
        _norm1 = new LayerNorm(weights.Sub("norm1"), channels, NormEpsilon);
        _toItself = new TransformerAttention(weights.Sub("attn1"), channels, textWidth: null, heads);
        _norm2 = new LayerNorm(weights.Sub("norm2"), channels, NormEpsilon);
        _toText = new TransformerAttention(weights.Sub("attn2"), channels, config.TextWidth, heads);
        _norm3 = new LayerNorm(weights.Sub("norm3"), channels, NormEpsilon);
        _feedForward = new GatedFeedForward(weights.Sub("ff"), channels, config.HiddenOf(weights.Weights.Path, channels));
        _tap = weights.Tap();
    }

    /// <summary>Applies it.</summary>
    /// <param name="tokens">[B, N, channels].</param>
    /// <param name="text">What the tokens attend to.</param>
    /// <returns>[B, N, channels].</returns>
    public Tensor Apply(Tensor tokens, TextTokens text)
    {
        using var scope = NewDisposeScope();
        _tap.In("hidden_states", tokens);
        _tap.In("encoder_hidden_states", text.Rows);
        var first = _toItself.Apply(_norm1.Apply(tokens)).add_(tokens);
        var second = _toText.Apply(_norm2.Apply(first), text).add_(first);
        var third = _feedForward.Apply(_norm3.Apply(second)).add_(second);
        return _tap.Out(third).MoveToOuterDisposeScope();
    }

    /// <summary>Keys and values of rows in the attention to itself, each [..., channels].</summary>
    public (Tensor Key, Tensor Value) KeysAndValues(Tensor rows) => _toItself.KeysAndValues(_norm1.Apply(rows));

    /// <summary>Applies all three parts to masked rows only.</summary>
    /// <param name="rows">[sum of m, channels].</param>
    /// <param name="tokens">Whose rows they are.</param>
    /// <param name="keys">Keys and values of all tokens, each [B, N, channels].</param>
    /// <param name="text">What the tokens attend to.</param>
    /// <returns>[sum of m, channels].</returns>
    public Tensor ApplyMasked(Tensor rows, PackedTokens tokens, (Tensor Key, Tensor Value) keys, TextTokens text)
    {
        using var scope = NewDisposeScope();
        var first = _toItself.Apply(_norm1.Apply(rows), keys, tokens).add_(rows);
        var second = _toText.Apply(_norm2.Apply(first), _toText.KeysAndValues(text), tokens).add_(first);
        return _feedForward.Apply(_norm3.Apply(second)).add_(second).MoveToOuterDisposeScope();
    }
}
