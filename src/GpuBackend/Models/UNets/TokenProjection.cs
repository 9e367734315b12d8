using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>A linear layer over channels that older models store as a 1x1 convolution.</summary>
/// <remarks>Both are computed as a matrix product on tokens: the transposed image that a 1x1 convolution would need is not made.</remarks>
internal sealed class TokenProjection
{
    private readonly Weight _weight;
    private readonly Weight _bias;

    /// <summary>Creates the layer.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="channels">Channels in and out.</param>
    /// <param name="linear">Whether it is stored as [channels, channels]; otherwise as [channels, channels, 1, 1].</param>
    public TokenProjection(WeightScope weights, int channels, bool linear)
    {
        _weight = linear
            ? weights.Take("weight", Initialization.FanIn, channels, channels)
            : weights.Take("weight", Initialization.FanIn, channels, channels, 1, 1);
        _bias = weights.Take("bias", Initialization.Small, channels);
    }

    /// <summary>Applies it.</summary>
    /// <param name="tokens">[B, N, channels].</param>
    /// <returns>[B, N, channels], in memory of its own.</returns>
    public Tensor Apply(Tensor tokens)
    {
        OperationMeter.Linear(tokens, _bias.Value.shape[0]);
        return nn.functional.linear(tokens, _weight.Value.flatten(1), _bias.Value);
    }
}
