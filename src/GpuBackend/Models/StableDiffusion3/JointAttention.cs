using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.DiT;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.StableDiffusion3;

/// <summary>Attention of image and text tokens over both, with projections of their own.</summary>
internal sealed class JointAttention
{
    private readonly HeadProjections _image;
    private readonly HeadProjections _text;
    private readonly Linear _imageOutput;
    private readonly Linear? _textOutput;
    private readonly int _heads;

    /// <summary>Creates the layer.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="config">The model's sizes.</param>
    /// <param name="keepsText">Whether text tokens go on: not in the last block.</param>
    public JointAttention(WeightScope weights, SD3TransformerConfig config, bool keepsText)
    {
        _heads = config.Heads;
        var sizes = ((long)config.Width, config.Heads, true, config.NormalisesQueriesAndKeys);
        _image = new HeadProjections(weights, ("to_q", "to_k", "to_v"), ("norm_q", "norm_k"), sizes);
        _text = new HeadProjections(weights, ("add_q_proj", "add_k_proj", "add_v_proj"), ("norm_added_q", "norm_added_k"), sizes);
        _imageOutput = new Linear(weights.Sub("to_out", 0), config.Width, config.Width);
        _textOutput = keepsText ? new Linear(weights.Sub("to_add_out"), config.Width, config.Width) : null;
    }

    /// <summary>Applies it.</summary>
    /// <param name="image">[B, L, H].</param>
    /// <param name="text">[B, T, H].</param>
    /// <returns>[B, L, H], and [B, T, H] or <c>null</c> in the last block.</returns>
    public (Tensor Image, Tensor? Text) Apply(Tensor image, Tensor text)
    {
        var (own, other) = (_image.Apply(image), _text.Apply(text));
        var rows = Attention.Joined(Attention.Of(
            cat([own.Query, other.Query], 2), cat([own.Key, other.Key], 2), cat([own.Value, other.Value], 2)));
        var tokens = image.shape[1];
        return (_imageOutput.Apply(rows.narrow(1, 0, tokens)), _textOutput?.Apply(rows.narrow(1, tokens, text.shape[1])));
    }

    /// <summary>Keys and values of image rows [n, H].</summary>
    public (Tensor Key, Tensor Value) KeysAndValues(Tensor image) => _image.KeysAndValues(image);

    /// <summary>Attention of masked image rows and all text tokens to all tokens of their lane.</summary>
    /// <param name="image">[sum of m, H].</param>
    /// <param name="text">[B, T, H].</param>
    /// <param name="tokens">Whose rows they are.</param>
    /// <param name="keys">Keys and values of all image tokens, each [B, L, H].</param>
    /// <returns>[sum of m, H], and [B, T, H] or <c>null</c> in the last block.</returns>
    public (Tensor Image, Tensor? Text) ApplyMasked(Tensor image, Tensor text, PackedTokens tokens, (Tensor Key, Tensor Value) keys)
    {
        var own = _text.KeysAndValues(text);
        var (key, value) = (cat([keys.Key, own.Key], 1), cat([keys.Value, own.Value], 1));
        return (
            _imageOutput.Apply(tokens.Attend(_image.Query(image), key, value, _heads)),
            _textOutput?.Apply(Attention.Run(_text.Query(text), key, value, _heads)));
    }
}
