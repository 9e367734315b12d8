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
    public SpatialTransformer(WeightScope weights, UNetEncoderConfig config, UNetLevel level)
    {
        _norm = new GroupNorm(weights.Sub("norm"), config.NormGroups, level.Channels, NormEpsilon);
        _in = new TokenProjection(weights.Sub("proj_in"), level.Channels, config.LinearProjection);
        _blocks =
        [
            .. Enumerable.Range(0, level.TransformerLayers)
                .Select(i => new TransformerBlock(weights.Sub("transformer_blocks", i), level.Channels, config.TextWidth, level.Heads)),
        ];
        _out = new TokenProjection(weights.Sub("proj_out"), level.Channels, config.LinearProjection);
        _tap = weights.Tap();
    }

    /// <summary>Applies it.</summary>
    /// <param name="image">[B, channels, h, w].</param>
    /// <param name="text">[B, T, text width].</param>
    /// <returns>[B, channels, h, w].</returns>
    public Tensor Apply(Tensor image, Tensor text)
    {
        using var scope = NewDisposeScope();
        _tap.In("hidden_states", image);
        _tap.In("encoder_hidden_states", text);
        var tokens = _in.Apply(_norm.Apply(image).flatten(2).transpose(1, 2));
        foreach (var block in _blocks)
        {
            using var before = tokens;
            tokens = block.Apply(before, text);
        }

        // The first operand decides the memory layout of a sum: it stays that of an image.
        var output = image.add(_out.Apply(tokens).transpose(1, 2).view_as(image));
        _tap.Out(0, output);
        return output.MoveToOuterDisposeScope();
    }
}
