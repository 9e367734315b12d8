using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>A U-Net's way down and middle; a ControlNet has the same with weights of its own.</summary>
internal sealed class UNetEncoder
{
    private readonly UNetEncoderConfig _config;
    private readonly ConditionEmbedding _condition;
    private readonly Conv2d _in;
    private readonly Tap _inTap;
    private readonly DownBlock[] _down;
    private readonly MidBlock _mid;
    private readonly Backbone _backbone;

    /// <summary>Creates the encoder.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="root">The model's root: <c>time_embedding</c>, <c>add_embedding</c>, <c>conv_in</c>, <c>down_blocks</c>, <c>mid_block</c>.</param>
    public UNetEncoder(UNetEncoderConfig config, BackboneScope root)
    {
        (_config, _backbone) = (config, root.Backbone);
        _condition = new ConditionEmbedding(config, root);
        _in = new Conv2d(root.Sub("conv_in"), config.InChannels, config.Levels[0].Channels, config.InKernel, padding: (config.InKernel - 1) / 2);
        _inTap = root.Sub("conv_in").Tap();
        _down = new DownBlock[config.Levels.Count];
        for (var i = 0; i < _down.Length; i++)
        {
            var inputs = config.Levels[Math.Max(0, i - 1)].Channels;
            _down[i] = new DownBlock(root.Sub("down_blocks", i), config, config.Levels[i], inputs, isLast: i == _down.Length - 1);
        }

        _mid = new MidBlock(root.Sub("mid_block"), config);
    }

    /// <summary>Applies all of it.</summary>
    /// <param name="input">The step's input.</param>
    /// <param name="added">Added to the first features (a ControlNet's embedded picture), or <c>null</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit the model.</exception>
    public EncoderOutput Apply(UNetInput input, Tensor? added = null)
    {
        input.ThrowUnlessFits(_config);
        var condition = _condition.Apply(input);
        var skips = Down(input.Sample, added, condition);
        return new EncoderOutput(condition, skips, _mid.Apply(skips[^1], condition));
    }

    private Tensor[] Down(Tensor sample, Tensor? added, StepCondition condition)
    {
        var hidden = _inTap.Out(condition.Pass.First(_in, _backbone.LaidOut(sample)));
        if (added is not null)
        {
            hidden.add_(added);
        }

        List<Tensor> skips = [hidden];
        foreach (var block in _down)
        {
            hidden = block.Apply(hidden, condition, skips);
        }

        return [.. skips];
    }
}
