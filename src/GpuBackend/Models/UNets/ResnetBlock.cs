using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Two convolutions with the time step added between them, and a shortcut around both.</summary>
/// <remarks>Source: diffusers' <c>ResnetBlock2D</c> with the default time embedding; Ho et al., 2020.</remarks>
internal sealed class ResnetBlock
{
    private readonly GroupNorm _norm1;
    private readonly Conv2d _conv1;
    private readonly Linear _time;
    private readonly GroupNorm _norm2;
    private readonly Conv2d _conv2;
    private readonly Conv2d? _shortcut;
    private readonly Tap _tap;

    /// <summary>Creates the block.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="config">The model's sizes.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out; where they differ from the inputs, the shortcut is a 1x1 convolution.</param>
    public ResnetBlock(WeightScope weights, UNetEncoderConfig config, int inputs, int outputs)
    {
        _norm1 = new GroupNorm(weights.Sub("norm1"), config.NormGroups, inputs, config.NormEpsilon);
        _conv1 = new Conv2d(weights.Sub("conv1"), inputs, outputs, kernel: 3, padding: 1);
        _time = new Linear(weights.Sub("time_emb_proj"), config.TimeWidth, outputs);
        _norm2 = new GroupNorm(weights.Sub("norm2"), config.NormGroups, outputs, config.NormEpsilon);
        _conv2 = new Conv2d(weights.Sub("conv2"), outputs, outputs, kernel: 3, padding: 1);
        _shortcut = inputs == outputs ? null : new Conv2d(weights.Sub("conv_shortcut"), inputs, outputs, kernel: 1);
        _tap = weights.Tap();
    }

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, inputs, h, w].</param>
    /// <param name="condition">The step's condition.</param>
    /// <returns>[B, outputs, h, w].</returns>
    public Tensor Apply(Tensor input, StepCondition condition)
    {
        using var scope = NewDisposeScope();
        _tap.In("input_tensor", input);
        _tap.In("temb", condition.Time);
        var time = _time.Apply(condition.ActivatedTime).unsqueeze(-1).unsqueeze(-1);
        var hidden = _conv1.Apply(_norm1.Apply(input).silu_()).add_(time);
        var output = _conv2.Apply(_norm2.Apply(hidden).silu_()).add_(_shortcut?.Apply(input) ?? input);
        return _tap.Out(output).MoveToOuterDisposeScope();
    }
}
