using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Autoencoders;

/// <summary>The coarsest part of encoder and decoder: two residual blocks around an attention.</summary>
internal sealed class MiddleBlock
{
    private readonly ResidualBlock _before;
    private readonly SpatialAttention? _attention;
    private readonly ResidualBlock _after;
    private readonly Tap _tap;

    /// <summary>Takes its weights.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="config">Its sizes.</param>
    public MiddleBlock(WeightScope weights, AutoencoderConfig config)
    {
        var channels = config.LevelChannels[^1];
        _before = new ResidualBlock(weights.Sub("resnets", 0), config.NormGroups, channels, channels);
        _attention = config.MiddleAttention ? new SpatialAttention(weights.Sub("attentions", 0), config.NormGroups, channels) : null;
        _after = new ResidualBlock(weights.Sub("resnets", 1), config.NormGroups, channels, channels);
        _tap = weights.Tap();
    }

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, channels, H, W].</param>
    /// <returns>The same shape.</returns>
    public Tensor Apply(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = _before.Apply(input);
        return _tap.Out(_after.Apply(_attention?.Apply(hidden) ?? hidden)).MoveToOuterDisposeScope();
    }
}
