using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Layers;

/// <summary>A linear layer whose one half is multiplied by the exact GELU of the other (GEGLU).</summary>
/// <remarks>Source: Shazeer, 2020, "GLU Variants Improve Transformer".</remarks>
/// <param name="weights">Its place: <c>weight</c> [2 outputs, inputs] and <c>bias</c> [2 outputs]; the second half is the gate.</param>
/// <param name="inputs">Channels in.</param>
/// <param name="outputs">Channels out.</param>
internal sealed class GatedLinear(BackboneScope weights, long inputs, long outputs)
{
    private readonly Weight _weight = weights.Weights.Take("weight", Initialization.FanIn, 2 * outputs, inputs);
    private readonly Weight _bias = weights.Weights.Take("bias", Initialization.Small, 2 * outputs);
    private readonly bool _fused = weights.Backbone.Use.FusedGeglu;

    /// <summary>Applies it to the last axis.</summary>
    /// <param name="input">[..., inputs].</param>
    /// <returns>[..., outputs], in memory of its own.</returns>
    public Tensor Apply(Tensor input) => _fused && OneDnn.Computes(input) ? Fused(input) : Plain(input);

    private Tensor Plain(Tensor input)
    {
        OperationMeter.Linear(input, 2 * outputs);
        var halves = nn.functional.linear(input, _weight.Value, _bias.Value).chunk(2, -1);
        return nn.functional.gelu(halves[1]).mul_(halves[0]);
    }

    // The halves of the weight are used where they lie.
    private Tensor Fused(Tensor input)
    {
        OperationMeter.Linear(input, outputs);
        OperationMeter.Linear(input, outputs);
        var (weight, bias) = (_weight.Value, _bias.Value);
        var gate = OneDnn.LinearGelu(input, weight.narrow(0, outputs, outputs), bias.narrow(0, outputs, outputs));
        return OneDnn.LinearTimes(input, weight.narrow(0, 0, outputs), bias.narrow(0, 0, outputs), gate);
    }
}
