using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Makes one vector of the time step and, for SDXL, of pooled text and picture sizes.</summary>
internal sealed class ConditionEmbedding
{
    private readonly UNetEncoderConfig _config;
    private readonly TimestepEmbedding _time;
    private readonly TimestepEmbedding? _added;

    /// <summary>Creates it.</summary>
    /// <param name="config">The model's sizes.</param>
    /// <param name="root">The model's root: <c>time_embedding</c>, <c>add_embedding</c>.</param>
    public ConditionEmbedding(UNetEncoderConfig config, WeightScope root)
    {
        _config = config;
        _time = new TimestepEmbedding(root.Sub("time_embedding"), config.Levels[0].Channels, config.TimeWidth);
        _added = config.Added is { } added ? new TimestepEmbedding(root.Sub("add_embedding"), added.Inputs, config.TimeWidth) : null;
    }

    /// <summary>Applies it.</summary>
    /// <param name="input">The step's input, of checked shapes.</param>
    /// <returns>The condition; the text is the input's own tensor.</returns>
    public StepCondition Apply(UNetInput input)
    {
        using var scope = NewDisposeScope();
        var (device, type, batch) = (input.Sample.device, input.Sample.dtype, input.Sample.shape[0]);
        var steps = input.Timestep.to(device).reshape(-1).expand(batch);
        var time = _time.Apply(Sinusoids(steps, _config.Levels[0].Channels).to(type));
        if (_added is not null)
        {
            time.add_(_added.Apply(Added(input.AddedCondition!, device, type)));
        }

        var activated = nn.functional.silu(time);
        return new StepCondition(time.MoveToOuterDisposeScope(), activated.MoveToOuterDisposeScope(), new TextTokens(input.Text, input.TextKeys), input.Pass);
    }

    private Tensor Added(AddedCondition condition, Device device, ScalarType type)
    {
        var numbers = Sinusoids(condition.TimeIds.to(device).flatten(), _config.Added!.NumberWidth);
        return cat([condition.PooledText.to(type), numbers.reshape(condition.PooledText.shape[0], -1).to(type)], -1);
    }

    private Tensor Sinusoids(Tensor values, int width) =>
        SinusoidalEmbedding.Of(values, width, _config.CosineFirst, _config.FrequencyShift);
}
