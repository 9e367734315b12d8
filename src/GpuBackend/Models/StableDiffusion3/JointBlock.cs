using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.DiT;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.StableDiffusion3;

/// <summary>One block: image and text tokens attend jointly, then each pass a feed-forward network of their own.</summary>
/// <remarks>In the last block text tokens only give keys and values: nothing reads them afterwards.</remarks>
internal sealed class JointBlock
{
    private const double Epsilon = 1e-6;
    private const int Parts = 6;
    private const int DualParts = 9;

    private readonly ConditionProjection _imageCondition;
    private readonly ConditionProjection _textCondition;
    private readonly JointAttention _attention;
    private readonly SelfAttention? _imageAttention;
    private readonly FeedForward _imageFeedForward;
    private readonly FeedForward? _textFeedForward;
    private readonly LayerNorm _norm;
    private readonly Tap _tap;

    /// <summary>Creates the block.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="config">The model's sizes.</param>
    /// <param name="layer">Its number, from 0.</param>
    public JointBlock(WeightScope weights, SD3TransformerConfig config, int layer)
    {
        var isDual = config.DualAttentionLayers.Contains(layer);
        var keepsText = layer < config.Layers - 1;
        _imageCondition = new ConditionProjection(weights.Sub("norm1").Sub("linear"), config.Width, isDual ? DualParts : Parts);
        _textCondition = new ConditionProjection(weights.Sub("norm1_context").Sub("linear"), config.Width, keepsText ? Parts : 2);
        _attention = new JointAttention(weights.Sub("attn"), config, keepsText);
        _imageAttention = isDual ? new SelfAttention(weights.Sub("attn2"), config.Width, config.Heads, bias: true, config.NormalisesQueriesAndKeys) : null;
        _imageFeedForward = new FeedForward(weights.Sub("ff"), config.Width);
        _textFeedForward = keepsText ? new FeedForward(weights.Sub("ff_context"), config.Width) : null;
        _norm = new LayerNorm(config.Width, Epsilon);
        _tap = weights.Tap();
    }

    /// <summary>Applies it.</summary>
    /// <param name="image">[B, L, H].</param>
    /// <param name="text">[B, T, H].</param>
    /// <param name="condition">[B, H].</param>
    /// <param name="recorder">Told the image's rows, or <c>null</c>.</param>
    /// <returns>Both streams; the text is <c>null</c> after the last block.</returns>
    public (Tensor? Text, Tensor Image) Apply(Tensor image, Tensor text, Tensor condition, IBlockRecorder? recorder = null)
    {
        using var scope = NewDisposeScope();
        _tap.In("hidden_states", image);
        _tap.In("encoder_hidden_states", text);
        _tap.In("temb", condition);
        var (imageParts, textParts) = (_imageCondition.Apply(condition), _textCondition.Apply(condition));
        recorder?.Input(image, KeyParts(imageParts), Keys);
        var normed = _norm.Apply(image);
        var attended = _attention.Apply(Modulation.Apply(normed, imageParts[0], imageParts[1]), Modulated(text, textParts));
        var imageRows = Modulation.AddGated(image, imageParts[2], attended.Image);
        if (_imageAttention is not null)
        {
            imageRows = Modulation.AddGated(imageRows, imageParts[8], _imageAttention.Apply(Modulation.Apply(normed, imageParts[6], imageParts[7])));
        }

        var textResult = TextResult(text, attended.Text, textParts)?.MoveToOuterDisposeScope();
        var imageResult = WithFeedForward(imageRows, imageParts, _imageFeedForward).MoveToOuterDisposeScope();
        Show(textResult, imageResult);
        return (textResult, imageResult);
    }

    /// <summary>Applies it to masked image rows and all text tokens; keys and values of other image tokens come from elsewhere.</summary>
    /// <param name="image">[sum of m, H].</param>
    /// <param name="text">[B, T, H].</param>
    /// <param name="condition">[B, H].</param>
    /// <param name="tokens">Whose rows the image's are.</param>
    /// <param name="others">What is not computed.</param>
    /// <returns>[B, T, H], or <c>null</c> in the last block, and [sum of m, H].</returns>
    public (Tensor? Text, Tensor Image) ApplyMasked(Tensor image, Tensor text, Tensor condition, PackedTokens tokens, IBlockRows others)
    {
        using var scope = NewDisposeScope();
        var (parts, textParts) = (Array.ConvertAll(_imageCondition.Apply(condition), tokens.ForMasked), _textCondition.Apply(condition));
        var normed = _norm.Apply(image);
        var (own, unmasked) = (Keys(image, KeyParts(parts)), others.Unmasked(tokens, Keys));
        var first = Modulation.ApplyToRows(normed, parts[0], parts[1]);
        var attended = _attention.ApplyMasked(first, Modulated(text, textParts), tokens, tokens.Fill(own[0], unmasked[0]));
        var rows = Modulation.AddGatedToRows(image, parts[2], attended.Image);
        if (_imageAttention is not null)
        {
            var second = Modulation.ApplyToRows(normed, parts[6], parts[7]);
            rows = Modulation.AddGatedToRows(rows, parts[8], _imageAttention.ApplyMasked(second, tokens, tokens.Fill(own[1], unmasked[1])));
        }

        var inner = Modulation.ApplyToRows(_norm.Apply(rows), parts[3], parts[4]);
        return (
            TextResult(text, attended.Text, textParts)?.MoveToOuterDisposeScope(),
            Modulation.AddGatedToRows(rows, parts[5], _imageFeedForward.Apply(inner)).MoveToOuterDisposeScope());
    }

    private Tensor? TextResult(Tensor text, Tensor? attended, Tensor[] parts) => attended is null
        ? null
        : WithFeedForward(Modulation.AddGated(text, parts[2], attended), parts, _textFeedForward!);

    // Shift and scale before each attention over the image.
    private static Tensor[] KeyParts(Tensor[] parts) => parts.Length == DualParts ? [parts[0], parts[1], parts[6], parts[7]] : parts[..2];

    private (Tensor Key, Tensor Value)[] Keys(Tensor rows, IReadOnlyList<Tensor> modulation)
    {
        var normed = _norm.Apply(rows);
        var first = _attention.KeysAndValues(Modulation.ApplyToRows(normed, modulation[0], modulation[1]));
        return _imageAttention is null ? [first] : [first, _imageAttention.KeysAndValues(Modulation.ApplyToRows(normed, modulation[2], modulation[3]))];
    }

    // The last block's norm has a scale and a shift only, in this order.
    private Tensor Modulated(Tensor text, Tensor[] parts) => parts.Length == 2
        ? Modulation.Apply(_norm.Apply(text), shift: parts[1], scale: parts[0])
        : Modulation.Apply(_norm.Apply(text), shift: parts[0], scale: parts[1]);

    private Tensor WithFeedForward(Tensor rows, Tensor[] parts, FeedForward feedForward) =>
        Modulation.AddGated(rows, parts[5], feedForward.Apply(Modulation.Apply(_norm.Apply(rows), parts[3], parts[4])));

    private void Show(Tensor? text, Tensor image)
    {
        if (text is not null)
        {
            _tap.Out(0, text);
        }

        _tap.Out(1, image);
    }
}
