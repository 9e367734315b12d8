using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>One level on the way down.</summary>
/// <remarks>Source: diffusers' <c>DownBlock2D</c> and <c>CrossAttnDownBlock2D</c>.</remarks>
internal sealed class DownBlock
{
    private readonly UNetLayer[] _layers;
    private readonly Downsample? _downsample;
    private readonly Tap _tap;

    /// <summary>Creates the level.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="config">The model's sizes.</param>
    /// <param name="level">The level's sizes.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="isLast">Whether it is the lowest level, which keeps its resolution.</param>
    public DownBlock(BackboneScope weights, UNetEncoderConfig config, UNetLevel level, int inputs, bool isLast)
    {
        _layers = [.. Enumerable.Range(0, level.Layers).Select(i => new UNetLayer(weights, i, config, level, i == 0 ? inputs : level.Channels))];
        _downsample = isLast ? null : new Downsample(weights.Sub("downsamplers.0"), level.Channels);
        _tap = weights.Tap();
    }

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, inputs, h, w].</param>
    /// <param name="condition">The step's condition.</param>
    /// <param name="skips">Receives the output of every layer; the last one is also returned.</param>
    /// <returns>[B, channels, h / 2, w / 2], or the same resolution at the lowest level.</returns>
    public Tensor Apply(Tensor input, StepCondition condition, List<Tensor> skips)
    {
        var hidden = input;
        foreach (var layer in _layers)
        {
            skips.Add(hidden = layer.Apply(hidden, skip: null, condition));
        }

        if (_downsample is not null)
        {
            skips.Add(hidden = condition.Pass.Halve(_downsample, hidden));
        }

        return _tap.Out(hidden);
    }
}
