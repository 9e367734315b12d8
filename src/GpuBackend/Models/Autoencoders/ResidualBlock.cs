using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Autoencoders;

/// <summary>Two normalised convolutions beside a shortcut; unlike a UNet's, without a time step.</summary>
internal sealed class ResidualBlock
{
    /// <summary>Added to the variance by every norm of the autoencoder.</summary>
    public const double Epsilon = 1e-6;

    private readonly GroupNorm _firstNorm;
    private readonly Conv2d _first;
    private readonly GroupNorm _secondNorm;
    private readonly Conv2d _second;
    private readonly Conv2d? _shortcut;
    private readonly Tap _tap;

    /// <summary>Takes its weights.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="groups">Groups of the norms.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    public ResidualBlock(WeightScope weights, int groups, int inputs, int outputs)
    {
        _firstNorm = new GroupNorm(weights.Sub("norm1"), groups, inputs, Epsilon);
        _first = new Conv2d(weights.Sub("conv1"), inputs, outputs, 3, padding: 1);
        _secondNorm = new GroupNorm(weights.Sub("norm2"), groups, outputs, Epsilon);
        _second = new Conv2d(weights.Sub("conv2"), outputs, outputs, 3, padding: 1);
        _shortcut = inputs == outputs ? null : new Conv2d(weights.Sub("conv_shortcut"), inputs, outputs, 1);
        _tap = weights.Tap();
    }

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, inputs, H, W].</param>
    /// <returns>[B, outputs, H, W].</returns>
    public Tensor Apply(Tensor input)
    {
        using var scope = NewDisposeScope();
        _tap.In("input_tensor", input);
        // In place where the value is ours alone: at full image size every spared tensor is hundreds of megabytes.
        var hidden = _first.Apply(_firstNorm.Apply(input).silu_());
        hidden = _second.Apply(_secondNorm.Apply(hidden).silu_());
        return _tap.Out(hidden.add_(_shortcut?.Apply(input) ?? input)).MoveToOuterDisposeScope();
    }
}
