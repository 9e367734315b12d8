using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>The lowest resolution: a ResNet block, a transformer, another ResNet block.</summary>
/// <remarks>Source: diffusers' <c>UNetMidBlock2DCrossAttn</c>.</remarks>
internal sealed class MidBlock
{
    private readonly UNetLayer _first;
    private readonly UNetLayer _second;
    private readonly Tap _tap;

    /// <summary>Creates the block.</summary>
    public MidBlock(BackboneScope weights, UNetEncoderConfig config)
    {
        var level = config.Levels[^1];
        _first = new UNetLayer(weights, 0, config, level with { HasAttention = true }, level.Channels);
        _second = new UNetLayer(weights, 1, config, level with { HasAttention = false }, level.Channels);
        _tap = weights.Tap();
    }

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, C, h, w].</param>
    /// <param name="condition">The step's condition.</param>
    /// <returns>[B, C, h, w].</returns>
    public Tensor Apply(Tensor input, StepCondition condition)
    {
        using var scope = NewDisposeScope();
        var hidden = _first.Apply(input, skip: null, condition);
        return _tap.Out(_second.Apply(hidden, skip: null, condition)).MoveToOuterDisposeScope();
    }
}
