using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>A single-stream block: text and image as one sequence, attention and feed-forward side by side.</summary>
/// <remarks>Source: diffusers' <c>FluxSingleTransformerBlock</c>.</remarks>
internal sealed class SingleBlock : FluxBlock
{
    private readonly ModulationLayer _modulation;
    private readonly HeadProjection _heads;
    private readonly Linear _up;
    private readonly JoinedLinear _output;

    /// <summary>Creates the block.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="config">The model's sizes.</param>
    /// <param name="number">Its number among the single-stream blocks.</param>
    public SingleBlock(WeightScope weights, FluxTransformerConfig config, int number)
        : base(weights)
    {
        _modulation = new ModulationLayer(weights.Sub("norm.linear"), config.Width, 3);
        _heads = HeadProjection.OfImage(weights.Sub("attn"), config);
        var feedForward = config.SingleFeedForward(number);
        _up = new Linear(weights.Sub("proj_mlp"), config.Width, feedForward);
        _output = new JoinedLinear(weights.Sub("proj_out"), config.Width, feedForward, config.Width);
    }

    /// <inheritdoc/>
    protected override HiddenRows Compute(PassLayout layout, Tensor condition, HiddenRows rows, ReusedRows? extra)
    {
        var sequence = rows.Joined(layout);
        var modulation = _modulation.Apply(condition);
        var own = layout.Sequence.Of(modulation);
        var input = own.Norm(sequence, 0, 1);
        var fromExtra = extra?.KeysValues(layout, _heads.Count, reused => _heads.ProjectKeyValue(layout.Extra.Of(modulation).Norm(reused, 0, 1)));
        var attention = PackedAttention.Run(layout, _heads.Project(input), fromExtra);
        var feedForward = nn.functional.gelu(_up.Apply(input), TorchSharp.Modules.GELU.Approximate.tanh, inplace: true);
        return new HiddenRows(Finite(own.AddGated(sequence, 2, _output.Apply(attention, feedForward))));
    }

    /// <inheritdoc/>
    protected override (Tensor Key, Tensor Value) ProjectImage(RowOwners owners, Tensor condition, Tensor image) =>
        _heads.ProjectKeyValue(owners.Of(_modulation.Apply(condition)).Norm(image, 0, 1));
}
