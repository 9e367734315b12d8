using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Autoencoders;

/// <summary>Attention with one head over all positions of an image, added to its input.</summary>
internal sealed class SpatialAttention
{
    private const int Heads = 1;

    private readonly GroupNorm _norm;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly Tap _tap;

    /// <summary>Takes its weights, under today's names or those of the first Stable Diffusion files.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="groups">Groups of the norm.</param>
    /// <param name="channels">Channels in and out.</param>
    public SpatialAttention(WeightScope weights, int groups, int channels)
    {
        _norm = new GroupNorm(weights.Sub("group_norm"), groups, channels, ResidualBlock.Epsilon);
        _query = new Linear(weights.SubOrOlder("to_q", "query"), channels, channels);
        _key = new Linear(weights.SubOrOlder("to_k", "key"), channels, channels);
        _value = new Linear(weights.SubOrOlder("to_v", "value"), channels, channels);
        _output = new Linear(weights.SubOrOlder("to_out.0", "proj_attn"), channels, channels);
        _tap = weights.Tap();
    }

    /// <summary>Applies it.</summary>
    /// <param name="input">[B, channels, H, W].</param>
    /// <returns>The same shape.</returns>
    public Tensor Apply(Tensor input)
    {
        using var scope = NewDisposeScope();
        _tap.In("hidden_states", input);
        var rows = _norm.Apply(input).flatten(2).transpose(1, 2);
        var mixed = _output.Apply(Attention.Run(_query.Apply(rows), _key.Apply(rows), _value.Apply(rows), Heads));
        return _tap.Out(mixed.transpose(1, 2).reshape(input.shape).add(input)).MoveToOuterDisposeScope();
    }
}
