using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Transformer blocks over the pixels of a feature map, with a shortcut around all of them.</summary>
/// <remarks>Source: diffusers' <c>Transformer2DModel</c> for continuous inputs; Rombach et al., 2022.</remarks>
internal sealed class SpatialTransformer
{
    private const double NormEpsilon = 1e-6;

    private readonly GroupNorm _norm;
    private readonly TokenProjection _in;
    private readonly TransformerBlock[] _blocks;
    private readonly TokenProjection _out;
    private readonly Tap _tap;

    /// <summary>Creates the transformer.</summary>
    public SpatialTransformer(BackboneScope weights, UNetEncoderConfig config, UNetLevel level)
    {
        _norm = new GroupNorm(weights.Sub("norm"), config.NormGroups, level.Channels, NormEpsilon);
        _in = new TokenProjection(weights.Sub("proj_in"), level.Channels, config.LinearProjection);
        _blocks =
        [
            .. Enumerable.Range(0, level.TransformerLayers)
                .Select(i => new TransformerBlock(weights.Sub("transformer_blocks", i), config, level.Channels, level.Heads)),
        ];
        _out = new TokenProjection(weights.Sub("proj_out"), level.Channels, config.LinearProjection);
        _tap = weights.Tap();
    }

    /// <summary>Blocks.</summary>
    public int Blocks => _blocks.Length;

    /// <summary>Applies it.</summary>
    /// <param name="image">[B, channels, h, w].</param>
    /// <param name="text">What the tokens attend to.</param>
    /// <param name="listener">Told of each block.</param>
    /// <param name="recorder">Told the rows, or <c>null</c>.</param>
    /// <returns>[B, channels, h, w].</returns>
    public Tensor Apply(Tensor image, TextTokens text, IBlockListener listener, ITokenRecorder? recorder = null)
    {
        using var scope = NewDisposeScope();
        _tap.In("hidden_states", image);
        _tap.In("encoder_hidden_states", text.Rows);
        var tokens = _in.Apply(_norm.Apply(image).flatten(2).transpose(1, 2));
        for (var i = 0; i < _blocks.Length; i++)
        {
            using var before = tokens;
            if (i > 0)
            {
                listener.Issued();
                recorder?.Input(_blocks[i], tokens);
            }

            tokens = _blocks[i].Apply(before, text);
        }

        var rows = _out.Apply(tokens);
        listener.Issued();
        recorder?.Output(rows);

        // The first operand decides the memory layout of a sum: it stays that of an image.
        var output = image.add(rows.transpose(1, 2).view_as(image));
        _tap.Out(0, output);
        return output.MoveToOuterDisposeScope();
    }

    /// <summary>Applies it to masked tokens; what is added to the others comes from elsewhere.</summary>
    /// <param name="image">[B, C, h, w], every pixel of it; the norm needs them, and so do the first block's keys and values.</param>
    /// <param name="text">What the tokens attend to.</param>
    /// <param name="tokens">Which of the h * w tokens are masked.</param>
    /// <param name="others">What is not computed; told of each block.</param>
    /// <returns>[B, C, h, w].</returns>
    public Tensor ApplyMasked(Tensor image, TextTokens text, PackedTokens tokens, ITokenRows others)
    {
        using var scope = NewDisposeScope();
        var all = _in.Apply(_norm.Apply(image).flatten(2).transpose(1, 2));
        var rows = tokens.Gather(all);
        for (var i = 0; i < _blocks.Length; i++)
        {
            // Keys and values of all tokens go with their block: deep transformers would hold many.
            using var inner = NewDisposeScope();
            if (i > 0)
            {
                others.Issued();
            }

            var keys = i == 0 ? _blocks[i].KeysAndValues(all) : others.Keys(_blocks[i], tokens, rows);
            rows = _blocks[i].ApplyMasked(rows, tokens, keys, text).MoveToOuterDisposeScope();
        }

        var output = _out.Apply(rows);
        others.Issued();
        var added = others.Output(tokens, output);
        return image.add(added.transpose(1, 2).unflatten(2, [image.shape[2], image.shape[3]])).MoveToOuterDisposeScope();
    }
}
