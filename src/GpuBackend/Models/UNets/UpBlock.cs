using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>One level on the way up.</summary>
/// <remarks>Source: diffusers' <c>UpBlock2D</c> and <c>CrossAttnUpBlock2D</c>.</remarks>
internal sealed class UpBlock
{
    private readonly UNetLayer[] _layers;
    private readonly Upsample? _upsample;
    private readonly Tap _tap;

    /// <summary>Creates the level.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="config">The model's sizes.</param>
    /// <param name="level">The level's sizes.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="skips">Channels of the skipped features that are left; the block takes its own off the top.</param>
    public UpBlock(BackboneScope weights, UNetEncoderConfig config, UNetLevel level, int inputs, Stack<int> skips)
    {
        _layers = [.. Enumerable.Range(0, level.Layers).Select(i => new UNetLayer(weights, i, config, level, (i == 0 ? inputs : level.Channels) + skips.Pop()))];
        _upsample = skips.Count == 0 ? null : new Upsample(weights.Sub("upsamplers.0"), level.Channels);
        _tap = weights.Tap();
    }

    /// <summary>Skipped features that the level joins.</summary>
    public int Skips => _layers.Length;

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, inputs, h, w].</param>
    /// <param name="condition">The step's condition.</param>
    /// <param name="skips">The skipped features that are left; the level takes its own off the end.</param>
    /// <returns>[B, channels, H, W], the resolution of the next level's skipped features.</returns>
    public Tensor Apply(Tensor input, StepCondition condition, ReadOnlySpan<Tensor> skips)
    {
        using var scope = NewDisposeScope();
        var hidden = input;
        for (var i = 0; i < _layers.Length; i++)
        {
            hidden = _layers[i].Apply(hidden, skips[^(i + 1)], condition);
        }

        if (_upsample is not null)
        {
            hidden = condition.Pass.Double(_upsample, hidden, like: skips[^(_layers.Length + 1)]);
        }

        return _tap.Out(hidden).MoveToOuterDisposeScope();
    }
}
