using SimServe.GpuBackend.Layers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>A ResNet block, with a transformer behind it where the level has attention.</summary>
internal sealed class UNetLayer
{
    private readonly ResnetBlock _resnet;
    private readonly SpatialTransformer? _attention;

    /// <summary>Creates the layer.</summary>
    /// <param name="weights">The place of the level's block: <c>resnets.N</c>, <c>attentions.N</c>.</param>
    /// <param name="number">N.</param>
    /// <param name="config">The model's sizes.</param>
    /// <param name="level">The level's sizes.</param>
    /// <param name="inputs">Channels in, skipped ones included.</param>
    public UNetLayer(BackboneScope weights, int number, UNetEncoderConfig config, UNetLevel level, int inputs)
    {
        _resnet = new ResnetBlock(weights.Sub("resnets", number), config, inputs, level.Channels);
        _attention = level.HasAttention ? new SpatialTransformer(weights.Sub("attentions", number), config, level) : null;
    }

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, C, h, w].</param>
    /// <param name="skip">Features from the way down to be joined to the input's channels, or <c>null</c>.</param>
    /// <param name="condition">The step's condition.</param>
    /// <returns>[B, channels of the level, h, w].</returns>
    public Tensor Apply(Tensor input, Tensor? skip, StepCondition condition)
    {
        using var scope = NewDisposeScope();
        var hidden = condition.Pass.Resnet(_resnet, skip is null ? input : cat([input, skip], 1), condition);
        if (_attention is null)
        {
            return hidden.MoveToOuterDisposeScope();
        }

        condition.Pass.Issued();
        return condition.Pass.Transform(_attention, hidden, condition.Text).MoveToOuterDisposeScope();
    }
}
