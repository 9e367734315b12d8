using SimServe.GpuBackend.Layers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>A U-Net's way up and its output convolution.</summary>
internal sealed class UNetDecoder
{
    private readonly UpBlock[] _up;
    private readonly OutputHead _head;

    /// <summary>Creates the decoder.</summary>
    /// <param name="config">The model's sizes.</param>
    /// <param name="root">The model's root: <c>up_blocks</c>, <c>conv_norm_out</c>, <c>conv_out</c>.</param>
    public UNetDecoder(UNetConfig config, BackboneScope root)
    {
        var skips = new Stack<int>(config.Encoder.SkipChannels);
        var channels = config.UpLevels[0].Channels;
        _up = new UpBlock[config.UpLevels.Count];
        for (var i = 0; i < _up.Length; i++)
        {
            _up[i] = new UpBlock(root.Sub("up_blocks", i), config.Encoder, config.UpLevels[i], channels, skips);
            channels = config.UpLevels[i].Channels;
        }

        _head = new OutputHead(root, config, channels);
    }

    /// <summary>Applies it.</summary>
    /// <param name="encoded">The encoder's output, with the residuals of ControlNets added.</param>
    /// <returns>[B, out channels, h, w].</returns>
    public Tensor Apply(EncoderOutput encoded)
    {
        using var scope = NewDisposeScope();
        var hidden = encoded.Mid;
        var left = encoded.Skips.Length;
        foreach (var block in _up)
        {
            hidden = block.Apply(hidden, encoded.Condition, encoded.Skips.AsSpan(0, left));
            left -= block.Skips;
        }

        var output = encoded.Condition.Pass.Last(_head, hidden);
        encoded.Condition.Pass.Issued();

        // Callers may read the numbers in the order of the shape, whatever layout the model computes in.
        return output.contiguous().MoveToOuterDisposeScope();
    }
}
