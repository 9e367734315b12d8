using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Two convolutions with the time step added between them, and a shortcut around both.</summary>
/// <remarks>Source: diffusers' <c>ResnetBlock2D</c> with the default time embedding; Ho et al., 2020.</remarks>
internal sealed class ResnetBlock
{
    private readonly Linear _time;
    private readonly Tap _tap;

    /// <summary>Creates the block.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="config">The model's sizes.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out; where they differ from the inputs, the shortcut is a 1x1 convolution.</param>
    public ResnetBlock(BackboneScope weights, UNetEncoderConfig config, int inputs, int outputs)
    {
        Norm1 = new GroupNorm(weights.Sub("norm1"), config.NormGroups, inputs, config.NormEpsilon);
        var hidden = config.Widths.Of(weights.Weights.Path, outputs);
        Conv1 = new Conv2d(weights.Sub("conv1"), inputs, hidden, kernel: 3, padding: 1);
        _time = new Linear(weights.Sub("time_emb_proj"), config.TimeWidth, hidden);
        Norm2 = new GroupNorm(weights.Sub("norm2"), config.NormGroups, hidden, config.NormEpsilon);
        Conv2 = new Conv2d(weights.Sub("conv2"), hidden, outputs, kernel: 3, padding: 1);
        Shortcut = inputs == outputs ? null : new Conv2d(weights.Sub("conv_shortcut"), inputs, outputs, kernel: 1);
        _tap = weights.Tap();
    }

    /// <summary>The first norm.</summary>
    public GroupNorm Norm1 { get; }

    /// <summary>The first convolution.</summary>
    public Conv2d Conv1 { get; }

    /// <summary>The second norm.</summary>
    public GroupNorm Norm2 { get; }

    /// <summary>The second convolution.</summary>
    public Conv2d Conv2 { get; }

    /// <summary>What makes the input as wide as the output, or <c>null</c>.</summary>
    public Conv2d? Shortcut { get; }

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, inputs, h, w].</param>
    /// <param name="condition">The step's condition.</param>
    /// <param name="heard">Told what goes into the second norm, [B, hidden, h, w], or <c>null</c>.</param>
    /// <returns>[B, outputs, h, w].</returns>
    public Tensor Apply(Tensor input, StepCondition condition, Action<Tensor>? heard = null)
    {
        using var scope = NewDisposeScope();
        _tap.In("input_tensor", input);
        _tap.In("temb", condition.Time);
        var time = Shift(condition).unsqueeze(-1).unsqueeze(-1);
        var hidden = Conv1.Apply(Norm1.Apply(input).silu_()).add_(time);
        heard?.Invoke(hidden);
        var output = Conv2.Apply(Norm2.Apply(hidden).silu_()).add_(Shortcut?.Apply(input) ?? input);
        return _tap.Out(output).MoveToOuterDisposeScope();
    }

    /// <summary>What the time step adds to each channel behind the first convolution, [B, hidden].</summary>
    public Tensor Shift(StepCondition condition) => _time.Apply(condition.ActivatedTime);
}
